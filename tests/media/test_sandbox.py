import numpy as np
import pytest

from anigifs.core.errors import ConfigError, LimitExceeded, MediaError, NotDecodable, UnknownName
from anigifs.media.frames import Frames
from anigifs.media.gif import decode_gif
from anigifs.media.sandbox import Sandbox, SandboxConfig
from tests.media.handmade import control, image, screen

BAD = "tests.media.badly:"


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(SandboxConfig(memory_bytes=512 * 2**20, cpu_s=20, wall_s=60)) as made:
        yield made


def strict(**limits):
    return Sandbox(SandboxConfig(**limits))


@pytest.mark.parametrize(
    "value",
    [None, True, 3, 2.5, "text", b"\0\xff", [1, [2]], (1, (2,)), {"a": {"b": [1]}}],
)
def test_plain_values_come_back_as_they_went(sandbox, value):
    assert sandbox.run(BAD + "same", value) == value


@pytest.mark.parametrize("shape", [(), (0,), (3, 0, 2), (4, 5, 6)])
@pytest.mark.parametrize("kind", ["uint8", "int64", "float32", "bool"])
def test_arrays_come_back_with_type_and_shape(sandbox, shape, kind):
    array = np.arange(np.prod(shape, dtype=int)).reshape(shape).astype(kind)

    back = sandbox.run(BAD + "same", array)

    assert (back.dtype, back.shape) == (array.dtype, shape)
    assert np.array_equal(back, array)


def test_a_gif_decodes_in_the_worker_as_it_does_here(sandbox):
    data = screen(2, 1) + control(7) + image([0, 1], (0, 0, 2, 1)) + image([2], (1, 0, 1, 1))

    there, here = sandbox.run("anigifs.media.gif:decode_gif", data), decode_gif(data)

    assert isinstance(there, Frames)
    assert np.array_equal(there.pixels, here.pixels)
    assert there.timing.raw_delays_ms.tolist() == [70, 0]


def test_errors_raised_on_purpose_come_back_with_their_class_and_message(sandbox):
    with pytest.raises(NotDecodable, match="not a GIF"):
        sandbox.run("anigifs.media.gif:decode_gif", b"PNG")
    with pytest.raises(ConfigError, match="said so"):
        sandbox.run(BAD + "refuse")
    with pytest.raises(UnknownName, match="no thing is named 'wurst'"):
        sandbox.run(BAD + "unknown")


def test_other_errors_are_errors_of_the_item(sandbox):
    with pytest.raises(NotDecodable, match="ZeroDivisionError: no reason"):
        sandbox.run(BAD + "fail")
    with pytest.raises(NotDecodable, match="Odd cannot leave the sandbox"):
        sandbox.run(BAD + "odd")


def test_what_a_decoder_prints_does_not_disturb_the_answer(sandbox, capfd):
    assert sandbox.run(BAD + "chatter") == 1


def test_one_worker_takes_many_items(sandbox):
    assert sandbox.run(BAD + "process") == sandbox.run(BAD + "process")


@pytest.mark.parametrize(("how", "says"), [("vanish", "exit code 3"), ("crash", "SIGABRT")])
def test_a_dead_worker_fails_its_item_and_the_next_item_is_served(sandbox, how, says):
    with pytest.raises(NotDecodable, match=says):
        sandbox.run(BAD + how)

    assert sandbox.run(BAD + "same", 1) == 1


def test_an_item_that_hangs_is_ended_at_its_wall_time():
    with strict(wall_s=1) as sandbox, pytest.raises(LimitExceeded, match="wall_s"):
        sandbox.run(BAD + "hang")


def test_an_item_that_burns_is_ended_at_its_processor_time():
    with strict(cpu_s=1) as sandbox:
        with pytest.raises(LimitExceeded, match="cpu_s"):
            sandbox.run(BAD + "burn")
        assert sandbox.run(BAD + "same", 1) == 1


def test_an_item_that_asks_for_too_much_memory_fails_and_the_worker_lives(sandbox):
    worker = sandbox.run(BAD + "process")

    with pytest.raises(LimitExceeded, match="memory_bytes"):
        sandbox.run(BAD + "hog", 2**30)

    assert sandbox.run(BAD + "process") == worker


def test_a_dead_workers_error_is_an_error_of_media():
    assert issubclass(LimitExceeded, MediaError)
    assert issubclass(NotDecodable, MediaError)
