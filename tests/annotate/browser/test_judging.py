"""Items judged through the real page: the server holds exactly what was pressed."""

import pytest

from tests.annotate.browser.conftest import CLASSES, moving_square

YES = ("yes", "yes", "yes")


def ready(page):
    page.wait_for_selector("body[data-state=ready]")


def fill(stub, count):
    return [
        stub.add(moving_square(k), CLASSES[k % 3], neighbours=[CLASSES[(k + 1) % 3]])
        for k in range(count)
    ]


def answers(row):
    return row["animation"], row["character"], row["exact"]


def press(page, *keys):
    """Press keys for the item on screen and wait for the next."""
    before = page.evaluate("document.body.dataset.item")
    for key in keys:
        page.keyboard.press(key)
    page.wait_for_function("before => document.body.dataset.item !== before", arg=before)


def waits(page, count):
    page.wait_for_function(
        "count => Object.keys(localStorage).filter(k => k.includes('outbox')).length === count",
        arg=count,
    )


def test_twelve_items_by_keyboard_with_undo_other_class_box_and_a_dropped_connection(
    page, context, stub
):
    shas = fill(stub, 12)
    page.goto(stub.url)
    ready(page)
    press(page, "a")
    ready(page)
    press(page, "1")
    ready(page)
    press(page, "z")  # back to the second item
    ready(page)
    press(page, "2")
    ready(page)
    press(page, "o", *"tap", "Enter")
    ready(page)
    for key in ("b", "ArrowRight", "ArrowLeft", "ArrowRight", "Escape"):
        page.keyboard.press(key)
    press(page, "a")
    waits(page, 0)
    ready(page)
    context.set_offline(True)
    press(page, "3")
    ready(page)
    press(page, "u")
    page.get_by_text("2 votes wait for the connection").wait_for()
    ready(page)
    press(page, "z")  # never sent, taken back all the same
    ready(page)
    press(page, "Shift+2", "a")
    page.get_by_text("2 votes wait for the connection").wait_for()
    context.set_offline(False)
    waits(page, 0)
    page.locator("#connection").wait_for(state="hidden")
    ready(page)
    press(page, "s")
    ready(page)
    press(page, "4")
    ready(page)
    press(page, "f", "n", *"odd", "Escape", "a")
    ready(page)
    press(page, "Shift+1", "Shift+2", "Shift+3")
    ready(page)
    press(page, "t", "a")
    ready(page)
    press(page, "a")
    page.wait_for_selector("body[data-state=end]")
    page.get_by_text("All done, thank you!").wait_for()

    rows = stub.counting()
    assert [row["sha256"] for row in rows] == shas
    assert [answers(row) for row in rows] == [
        YES, ("yes", "no", ""), ("yes", "yes", "no"), YES, ("yes", "yes", "no"),
        ("yes", "unsure", "yes"), ("", "", ""), ("yes", "yes", "no"), YES,
        ("unsure", "unsure", "unsure"), YES, YES,
    ]  # fmt: skip
    assert [row["act"] for row in rows] == ["vote"] * 6 + ["skip"] + ["vote"] * 5
    assert [row["other"] for row in rows] == [
        "",
        "",
        "tap dancing",
        *[""] * 4,
        CLASSES[2],
        *[""] * 4,
    ]
    assert [row["flag"] for row in rows] == [*[""] * 8, "sensitive", "", "takedown", ""]
    assert [row["note"] for row in rows] == [*[""] * 8, "odd", "", "", ""]
    [box] = rows[3]["boxes"]
    assert (box["x1"], box["y1"], box["x2"], box["y2"]) == (0.25, 0.25, 0.75, 0.75)
    assert box["time_ms"] == 80 * box["frame"]
    assert not any(row["boxes"] for row in rows[:3] + rows[4:])
    assert len(stub.rows) == 13  # the undone "1" is kept, what was never sent is not there
    assert len({row["client_id"] for row in stub.rows}) == 13
    turns = page.evaluate("performance.getEntriesByName('anigifs:turn').map(e => e.duration)")
    assert len(turns) == 13
    assert all(0 < turn < 3000 for turn in turns)


@pytest.mark.parametrize("fault", ["answer lost", "server error"])
def test_a_vote_whose_answer_is_lost_is_sent_again_and_counts_once(page, stub, fault):
    fill(stub, 3)
    page.goto(stub.url)
    ready(page)
    stub.lose_answers, stub.fail = (1, 0) if fault == "answer lost" else (0, 503)
    press(page, "a")
    page.get_by_text("1 vote waits for the connection").wait_for()
    stub.fail = 0
    waits(page, 0)
    assert [answers(row) for row in stub.rows] == [YES]
    assert stub.requests.count("POST /api/votes") == 2


def test_a_closed_tab_loses_nothing(context, stub):
    fill(stub, 3)
    page = context.new_page()
    page.goto(stub.url)
    ready(page)
    context.set_offline(True)
    press(page, "a")
    page.close()
    assert stub.rows == []
    context.set_offline(False)
    page = context.new_page()
    page.goto(stub.url)
    ready(page)
    waits(page, 0)
    assert [answers(row) for row in stub.rows] == [YES]
    assert page.evaluate("document.body.dataset.item").startswith(stub.items[1]["sha256"])


def test_an_ended_session_says_so_and_keeps_the_votes(page, stub):
    fill(stub, 3)
    page.goto(stub.url)
    ready(page)
    stub.fail = 401
    press(page, "a")
    page.get_by_text("Open your invitation link again").wait_for()
    page.get_by_text("Your vote is kept in this browser").wait_for()
    ready(page)
    press(page, "3")
    page.get_by_text("Your 2 votes are kept in this browser").wait_for()
    stub.fail = 0
    page.get_by_role("button", name="Reload").click()
    ready(page)
    waits(page, 0)
    assert [answers(row) for row in stub.rows] == [YES, ("yes", "yes", "no")]


def test_a_refused_vote_is_told_and_holds_up_no_other(page, stub):
    fill(stub, 3)
    stub.refuse = CLASSES[0]
    page.goto(stub.url)
    ready(page)
    press(page, "a")
    page.get_by_text(f"did not take your vote on {CLASSES[0]}: it was taken down").wait_for()
    ready(page)
    press(page, "a")
    waits(page, 0)
    assert [row["label"] for row in stub.rows] == [CLASSES[1]]


def test_a_held_key_or_one_pressed_too_early_votes_on_nothing_unseen(page, stub):
    fill(stub, 4)
    page.goto(stub.url)
    ready(page)
    page.keyboard.down("a")
    for _ in range(5):
        page.keyboard.down("a")  # the same as a key held down
    page.keyboard.up("a")
    ready(page)
    waits(page, 0)
    assert len(stub.rows) == 1


def test_nothing_to_judge_is_a_friendly_end(page, stub):
    page.goto(stub.url)
    page.get_by_role("heading", name="All done, thank you!").wait_for()
    fill(stub, 1)
    page.get_by_role("button", name="Look again").click()
    ready(page)


def test_bytes_that_are_gone_can_be_skipped(page, stub):
    shas = fill(stub, 2)
    del stub.media[shas[0]]
    page.goto(stub.url)
    page.get_by_text("cannot be shown: These bytes were taken down").wait_for()
    press(page, "s")
    ready(page)
    assert page.evaluate("document.body.dataset.item").startswith(shas[1])
