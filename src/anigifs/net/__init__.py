"""The only outgoing socket: a polite, bounded and guarded fetcher.

    async with Fetcher(NetConfig(operator="you@example.org")) as fetcher:
        got = await fetcher.get(url)                       # media: robots, opt-outs, caps
        got = await fetcher.get(url, purpose=Purpose.API, headers={...}, pace=Pace(...))
        got = await fetcher.post(url, form={...}, headers={...})     # tokens; an API call
        got.data, got.status, got.headers, got.content_type, got.final_url, got.took_s

Whatever goes wrong is a `FetchFailed` with a stable `reason` (`Reason`), a `status` if there was
one and `retry_after_s` if the host named one; its message never shows a URL's query. For an API
call, set `answers=range(200, 500)` to be given error answers as values instead. Transient faults
(`TRANSIENT`) were tried `tries` times already when the error arrives.
"""
