"""At most two messages are on their way to a browser, and the newest state wins."""

from itertools import pairwise

from ipycosmoloom import SliceView
from ipycosmoloom.flow import IN_FLIGHT, PATIENCE, Flow


def test_only_two_may_be_on_their_way():
    flow = Flow()
    numbers = [flow.number() for _ in range(IN_FLIGHT)]
    assert not flow.has_room
    flow.acknowledge(numbers[0])
    assert flow.has_room


def test_an_acknowledgement_stands_for_all_before_it():
    flow = Flow()
    numbers = [flow.number() for _ in range(5)]
    flow.acknowledge(numbers[3])
    assert flow.in_flight == 1


def test_a_message_that_is_never_answered_is_given_up():
    now = [0.0]
    flow = Flow(clock=lambda: now[0])
    flow.number()
    flow.number()
    now[0] = PATIENCE + 0.1
    assert flow.has_room


def test_a_browser_that_never_answers_gets_two_messages_whatever_moves(explorer, page):
    shown = page(explorer)
    live = explorer.live
    live.loop.run_until(lambda: len(shown.numbered) == IN_FLIGHT, 60)
    for step in range(1, 21):
        explorer.redshift = 0.1 * step
        live.loop.run_until(lambda: False, 0.02)
    assert len(shown.numbered) == IN_FLIGHT


def test_a_change_tells_what_was_painted_before_it(explorer, page):
    shown = page(explorer)
    live = explorer.live
    live.loop.run_until(lambda: len(shown.numbered) == IN_FLIGHT, 60)
    shown.say(kind="set", values={"redshift": 0.5}, number=1, shown=shown.numbered[-1]["number"])
    assert live.loop.run_until(lambda: len(shown.numbered) > IN_FLIGHT, 60)


def test_a_drag_says_once_that_something_is_computed(explorer, page):
    shown = page(explorer)
    shown.settle()
    shown.received.clear()
    for step in range(1, 11):
        explorer.redshift = 0.1 * step
        explorer.live.loop.run_until(lambda: False, 0.02)
        if shown.numbered:
            shown.acknowledge()
    shown.settle()
    rest = {"kind": "busy", "busy": False}
    assert explorer.live.loop.run_until(lambda: [content for content, _ in shown.of("busy")][-1:] == [rest], 30)
    told = [content["busy"] for content, _ in shown.of("busy")]
    assert all(after != before for before, after in pairwise(told)), told


def test_after_a_drag_the_last_frame_is_the_last_state(explorer, page):
    shown = page(explorer)
    for step in range(100):
        explorer.redshift = 3.0 - 0.03 * step
        if step % 7 == 0 and shown.numbered:
            explorer.live.loop.run_until(lambda: False, 0.005)
            shown.acknowledge()
    explorer.redshift = 0.0
    shown.settle()
    serials = [content["serial"] for content in shown.numbered if content["kind"] == "frame"]
    assert serials == sorted(serials)
    last = {content["kind"]: content["redshift"] for content in shown.numbered}
    assert last == {"frame": 0.0, "statistics": 0.0}
    assert len(serials) < 60, "every state was sent: nothing was dropped"


def test_a_page_that_opens_later_gets_the_last_frame(explorer, page):
    explorer.wait(120)
    explorer.redshift = 1.0
    explorer.wait(120)
    shown = page(explorer)
    shown.settle()
    assert [content["redshift"] for content in shown.numbered] == [1.0, 1.0]


def test_a_widget_that_no_page_shows_keeps_nobody_waiting(explorer, page):
    hidden = SliceView(explorer)
    shown = page(explorer)
    shown.settle()
    explorer.redshift = 2.0
    shown.settle()
    assert shown.numbered[-1]["redshift"] == 2.0
    hidden.close()


def test_a_page_that_says_goodbye_is_forgotten(explorer, page):
    shown = page(explorer)
    explorer.live.loop.run_until(lambda: len(shown.numbered) == IN_FLIGHT, 60)
    shown.say(kind="bye", page=shown.name)
    assert explorer.pages == 0
    assert explorer.has_room


def test_rest_gives_the_memory_back_and_a_new_page_wakes_the_explorer(explorer, page):
    explorer.wait(120)
    explorer.live.rest()
    assert explorer.live.frame is None
    assert explorer.live.session is None
    shown = page(explorer)
    shown.settle()
    assert shown.numbered
