"""The only outgoing socket: a polite, bounded and guarded fetcher.

    from anigifs.net.config import NetConfig
    from anigifs.net.fetcher import Fetched, Fetcher
    from anigifs.net.reasons import LATER, TRANSIENT, FetchFailed, Reason

    async with Fetcher(NetConfig(operator="you@example.org")) as fetcher:
        fetcher.pace("api.example.org", per_s=1 / 3)    # a provider's own rate; before asking
        got = await fetcher.get(url)                    # a work: robots, opt-outs, caps
        got = await fetcher.call(url, headers={...})    # an API made for programs
        got = await fetcher.call(url, form={...}, also={400, 401})   # a POST; error answers too
        got.data, got.status, got.headers, got.content_type, got.final_url, got.took_s
        fetcher.waiting                                 # requests that wait for a host's turn

Whatever goes wrong is a `FetchFailed` with a stable `reason` (`Reason`), a `status` if there was
one and `retry_after_s` if the host named one; no message shows a URL's query. Transient faults
(`TRANSIENT`) were tried `tries` times already when the error arrives; what is in `LATER` may go
better another day. For tests: `Fetcher(config, resolve=hook)` with a hook from a host name to
addresses as text, and `allow=("127.0.0.0/8",)` in the config.
"""
