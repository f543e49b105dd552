import threading
import time

from cosmoloom_explorer.mailbox import Mailbox
from cosmoloom_explorer.outbox import Outbox


def test_the_newest_item_wins_order_holds_and_the_last_is_done():
    done: list[int] = []

    def work(item: int) -> None:
        time.sleep(0.004)
        done.append(item)

    mailbox = Mailbox(work)
    for item in range(200):
        mailbox.put(item)
        time.sleep(0.0005)
    assert mailbox.wait(10)
    assert mailbox.close()
    assert done == sorted(done)
    assert done[-1] == 199
    assert len(done) < 150


def test_one_thread_does_all_the_work_and_closing_joins_it():
    threads: set[str] = set()
    mailbox: Mailbox[int] = Mailbox(lambda _: threads.add(threading.current_thread().name), name="only-worker")
    for item in range(5):
        mailbox.put(item)
        mailbox.wait(5)
    assert threads == {"only-worker"}
    assert mailbox.close()
    assert "only-worker" not in {thread.name for thread in threading.enumerate()}


def test_closing_drops_what_waits_and_later_items_are_ignored():
    started, release = threading.Event(), threading.Event()
    done: list[int] = []

    def work(item: int) -> None:
        started.set()
        release.wait(5)
        done.append(item)

    mailbox = Mailbox(work)
    mailbox.put(1)
    assert started.wait(5)
    mailbox.put(2)
    assert mailbox.superseded
    closer = threading.Thread(target=mailbox.close)
    closer.start()
    release.set()
    closer.join(5)
    mailbox.put(3)
    assert done == [1]


def test_an_item_is_taken_after_the_pause_so_it_is_the_newest():
    gate = threading.Event()
    done: list[int] = []
    mailbox = Mailbox(done.append, pause=lambda: gate.wait(5) and None)
    mailbox.put(1)
    time.sleep(0.05)
    mailbox.put(2)
    gate.set()
    assert mailbox.wait(5)
    mailbox.close()
    assert done == [2]


def test_results_do_not_pile_up_in_a_slow_viewer():
    loop: list = []
    shown: list[int] = []
    outbox = Outbox(loop.append)
    show = shown.append
    for result in range(50):
        outbox.put(show, result)
    assert len(loop) == 1
    for run in loop:
        run()
    assert shown == [49]


def test_a_closed_outbox_shows_nothing():
    loop: list = []
    shown: list[int] = []
    outbox = Outbox(loop.append)
    show = shown.append
    outbox.put(show, 1)
    outbox.close()
    loop[0]()
    outbox.put(show, 2)
    assert shown == []
    assert len(loop) == 1


def test_results_are_shown_in_the_order_in_which_they_were_put():
    loop: list = []
    shown: list[str] = []

    def show_field(name: str) -> None:
        shown.append(name)

    def show_statistics(name: str) -> None:
        shown.append(name)

    outbox = Outbox(loop.append)
    outbox.put(show_statistics, "statistics 1")
    outbox.put(show_field, "field 2")
    outbox.put(show_statistics, "statistics 2")
    for run in loop:
        run()
    assert shown == ["field 2", "statistics 2"]
