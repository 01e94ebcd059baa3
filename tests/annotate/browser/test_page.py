"""How the page plays, draws boxes, treats untrusted text, and what a screen reader finds."""

import pytest

from tests.annotate.browser.conftest import moving_square
from tests.annotate.browser.test_judging import press, ready, waits

EVIL = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>"onclick="window.hit=1'


def open_page(page, stub, **facts):
    stub.add(moving_square(0, delays_ms=[30, 500, 500, 500]), "yoga", **facts)
    stub.add(moving_square(1), "jogging")
    page.goto(stub.url)
    ready(page)


def pixel(page, x, y):
    read = "(canvas, [x, y]) => [...canvas.getContext('2d').getImageData(x, y, 1, 1).data]"
    return page.locator("#canvas").evaluate(read, [x, y])


def test_it_plays_at_once_pauses_and_steps_frame_by_frame(page, stub):
    open_page(page, stub)
    page.wait_for_function(
        "() => document.getElementById('counter').textContent.includes('frame 2')"
    )
    page.keyboard.press("Space")
    page.keyboard.press(".")
    counter = page.locator("#counter").text_content()
    assert counter == "frame 3 of 4 · 500 ms"
    assert pixel(page, 5 + 12 + 1, 15) == [20, 30, 40, 255]
    assert pixel(page, 5 + 12 - 1, 15) != [20, 30, 40, 255]
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.locator("#counter").text_content() == "frame 1 of 4 · 30 ms"
    assert "1.53 s" in page.locator("#facts").text_content()
    assert "loops for ever" in page.locator("#facts").text_content()


def test_without_loop_it_stops_at_the_last_frame_and_speed_shortens_the_way(page, stub):
    open_page(page, stub)
    for key in ("l", "]", "]"):
        page.keyboard.press(key)
    assert page.locator("#speed").text_content() == "4×"
    page.wait_for_function("() => document.body.dataset.playing === 'false'")
    assert page.locator("#counter").text_content() == "frame 4 of 4 · 500 ms"


def test_zoom_makes_the_picture_as_large_as_said(page, stub):
    open_page(page, stub)
    for _ in range(2):
        page.keyboard.press("+")
    assert page.locator("#zoom").text_content() == "2×"
    assert page.locator("#canvas").bounding_box()["width"] == 128
    page.keyboard.press("0")
    assert page.locator("#zoom").text_content() == "Fit"


def test_who_asks_for_less_motion_gets_a_still_picture_and_is_told(chromium, stub):
    with chromium.new_context(reduced_motion="reduce") as context:
        page = context.new_page()
        open_page(page, stub)
        page.get_by_text("your system asks for less motion").wait_for()
        assert page.locator("#counter").text_content() == "frame 1 of 4 · 30 ms"
        page.keyboard.press("Space")
        page.wait_for_function("() => document.body.dataset.playing === 'true'")


def test_html_and_scripts_in_texts_and_addresses_are_inert(page, stub):
    guide = {
        "definition": EVIL,
        "accepted": [{"media": "javascript:1", "note": EVIL}],
        "rejected": [],
    }
    open_page(
        page, stub, title=EVIL, provider=EVIL, licence=EVIL, guide=guide, neighbours=[EVIL],
        page_url="javascript:window.hit=1",
    )  # fmt: skip
    assert page.locator("#source").get_by_text(EVIL, exact=True).count() == 3
    assert page.locator("#definition").text_content() == EVIL
    assert page.locator("#source a").count() == 0
    assert page.locator("#judge img").get_attribute("src") is None
    assert page.locator("#judge script, #judge [onclick], #judge [onerror]").count() == 0
    press(page, "4")
    waits(page, 0)
    assert page.evaluate("window.hit") is None
    assert [row["other"] for row in stub.rows] == [EVIL]


def test_a_link_leads_to_the_web_only_and_tells_it_nothing(page, stub):
    open_page(page, stub, page_url="https://example.org/a?b=<c>")
    link = page.locator("#source a")
    assert link.get_attribute("href") == "https://example.org/a?b=%3Cc%3E"
    assert link.get_attribute("rel") == "noopener noreferrer"


def test_boxes_drawn_with_the_mouse_move_between_their_key_frames(page, stub):
    open_page(page, stub)
    page.keyboard.press("Space")
    page.locator("#scrub").fill("1")
    page.locator("#box").click()
    drag(page, (0.1, 0.1), (0.3, 0.5))
    page.keyboard.press(".")
    page.keyboard.press(".")
    page.keyboard.press(".")
    page.keyboard.press("Enter")
    drag(page, (0.2, 0.3), (0.6, 0.5))  # inside the box: it moves
    page.keyboard.press(",")
    page.keyboard.press(",")
    assert page.locator(".box").get_attribute("data-kind") == "between"
    left = page.evaluate("parseFloat(document.querySelector('.box').style.left)")
    # frames start at 0, 30, 530, 1030 ms: frame 2 lies 30/1030 of the way from 10 % to 50 %
    assert left == pytest.approx(10 + 40 * 30 / 1030, abs=0.6)
    page.keyboard.press("Escape")
    press(page, "a")
    waits(page, 0)
    boxes = stub.rows[0]["boxes"]
    assert [(box["frame"], box["time_ms"]) for box in boxes] == [(0, 0), (3, 1030)]
    assert [boxes[0][k] for k in ("x1", "y1", "x2", "y2")] == pytest.approx(
        [0.1, 0.1, 0.3, 0.5], abs=0.01
    )
    assert [boxes[1][k] for k in ("x1", "y1", "x2", "y2")] == pytest.approx(
        [0.5, 0.3, 0.7, 0.7], abs=0.02
    )


def drag(page, start, end):
    area = page.locator("#box-layer").bounding_box()
    at = [(area["x"] + x * area["width"], area["y"] + y * area["height"]) for x, y in (start, end)]
    page.mouse.move(*at[0])
    page.mouse.down()
    page.mouse.move(*at[1], steps=3)
    page.mouse.up()


def test_a_box_is_changed_and_removed_with_keys(page, stub):
    open_page(page, stub)
    for key in ("Space", "b", "ArrowUp", "ArrowUp", "Shift+ArrowRight"):
        page.keyboard.press(key)
    sides = "({ style: s }) => [s.left, s.top, s.width, s.height].map(parseFloat)"
    assert page.locator(".box").evaluate(sides) == pytest.approx([25, 24, 51, 50])
    assert "51 % wide" in page.locator("#said").text_content()
    page.keyboard.press("Delete")
    assert page.locator(".box").is_hidden()
    press(page, "Escape", "a")
    waits(page, 0)
    assert stub.rows[0]["boxes"] == []


def test_names_roles_states_and_keys_are_there_for_a_screen_reader(page, stub):
    open_page(page, stub, neighbours=["tap dancing"])
    tree = page.locator("body").aria_snapshot()
    for part in (
        "- banner:", "- main:", '- region "Player":', '- region "yoga":',
        '- heading "yoga" [level=1]',
        'img "Animation, proposed as yoga"', 'slider "Frame"', 'group "Is it an animation?"',
        'button "Yes to all A"', 'button "tap dancing 4"', 'textbox "Note N"', "- status",
    ):  # fmt: skip
        assert part in tree, f"{part} is not in\n{tree}"
    assert page.locator("#loop").get_attribute("aria-pressed") == "true"
    assert page.locator("#accept").get_attribute("aria-keyshortcuts") == "A"
    unnamed = page.evaluate("""[...document.querySelectorAll("button:not([hidden])")]
      .filter((b) => !(b.getAttribute("aria-label") || b.textContent.trim()))
      .map((b) => b.id)""")
    assert unnamed == []
    press(page, "a")
    assert page.locator("#said").text_content() == "Accepted as yoga. Next: jogging"
    assert page.evaluate("document.activeElement.id") == "class"


def test_the_list_of_classes_is_a_combobox(page, stub):
    open_page(page, stub, neighbours=["tap dancing"])
    page.keyboard.press("o")
    box = page.get_by_role("combobox", name="Which class does it show?")
    assert page.locator("#other-list li").first.text_content() == "tap dancing"
    box.press_sequentially("danc")
    options = page.get_by_role("option").all_text_contents()
    assert options == ["dancing ballet", "dancing charleston", "tap dancing"]
    box.press("ArrowDown")
    assert page.get_by_role("option", selected=True).text_content() == "dancing charleston"
    active = box.get_attribute("aria-activedescendant")
    assert page.locator(f"#{active}").text_content() == "dancing charleston"
    box.press("Escape")
    assert page.locator("#other-dialog").is_hidden()
    assert stub.rows == []


def test_single_keys_can_be_switched_off(page, stub):
    open_page(page, stub)
    page.keyboard.press("?")
    page.get_by_label("Single keys work").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.get_by_role("button", name="Yes to all").click()
    waits(page, 0)
    assert len(stub.rows) == 1


@pytest.mark.parametrize("dark", [False, True])
def test_at_360_pixels_nothing_sticks_out_and_the_answers_need_no_scrolling(chromium, stub, dark):
    with chromium.new_context(
        viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True,
        color_scheme="dark" if dark else "light",
    ) as context:  # fmt: skip
        page = context.new_page()
        open_page(page, stub, neighbours=["tap dancing"])
        assert page.evaluate("document.documentElement.scrollWidth") == 360
        accept = page.locator("#accept").bounding_box()
        assert accept["y"] + accept["height"] <= 740
        assert accept["height"] >= 44
        page.locator("#accept").tap()
        page.wait_for_function("() => document.getElementById('class').textContent === 'jogging'")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(chromium, stub, scheme):
    """WCAG 2: a contrast of 4.5 at least."""
    with chromium.new_context(color_scheme=scheme) as context:
        page = context.new_page()
        open_page(page, stub)
        colours = page.evaluate("""() => {
          const root = getComputedStyle(document.documentElement);
          const names = ["ink", "dim", "card", "ground", "field", "accent", "accent-ink", "no",
                         "no-soft", "warn", "warn-soft", "soft"];
          return Object.fromEntries(names.map((n) => [n, root.getPropertyValue("--" + n).trim()]));
        }""")
    pairs = [
        ("ink", "card"), ("ink", "ground"), ("ink", "field"), ("dim", "card"), ("dim", "ground"),
        ("dim", "field"), ("accent-ink", "accent"), ("accent", "soft"), ("accent", "card"),
        ("no", "no-soft"), ("warn", "warn-soft"),
    ]  # fmt: skip
    low = {
        p: contrast(*(colours[n] for n in p))
        for p in pairs
        if contrast(*(colours[n] for n in p)) < 4.5
    }
    assert low == {}


def contrast(first, second):
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour):
    channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
