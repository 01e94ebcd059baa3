import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anigifs.media.lzw import join_blocks, scratch, unpack
from anigifs.media.wide import WIDE
from tests.media.handmade import blocks, literals, pack_codes


def unpacked(codes, min_bits, most):
    """Through `unpack`, between bytes that it must not touch."""
    padded = scratch(len(codes))
    padded[: len(codes)] = np.frombuffer(codes, np.uint8)
    arena = np.full(most + WIDE + 64, 99, np.uint8)
    out = arena[32 : 32 + most + WIDE]
    count = unpack(padded, len(codes), min_bits, out)
    assert 0 <= count <= most
    assert (arena[:32] == 99).all()
    assert (arena[-32:] == 99).all()
    return out[:count].tolist()


def chained(codes, min_bits, most):
    """The textbook decoder with a table of strings; broken streams end as in browsers."""
    bits = "".join(f"{byte:08b}"[::-1] for byte in codes)
    clear, at, out = 1 << min_bits, 0, []
    known, last, size = {}, None, min_bits + 1
    while len(out) < most and at + size <= len(bits):
        code, at = int(bits[at : at + size][::-1], 2), at + size
        if code == clear:
            known, last, size = {}, None, min_bits + 1
            continue
        entry = clear + 2 + len(known)
        if code < clear:
            word = [code & 255]
        elif code in known:
            word = known[code]
        elif code == entry and last and entry < 4096:
            word = [*last, last[0]]
        else:
            break
        if last and entry < 4096:
            known[entry] = [*last, word[0]]
            size += (entry + 1) % (1 << size) == 0 and entry + 1 < 4096
        out, last = out + word, word
    return out[:most]


def packed(indices, min_bits, most_codes=4096):
    """A plain dictionary encoder after the specification; `most_codes` delays the clear."""
    clear, bits = 1 << min_bits, min_bits + 1
    known = {(i,): i for i in range(clear)}
    codes, prefix, entry = [(clear, bits)], (), clear + 2
    for index in indices:
        if (*prefix, index) in known:
            prefix = (*prefix, index)
            continue
        codes.append((known[prefix], bits))
        if entry < most_codes:
            known[(*prefix, index)] = entry
            bits += entry == 1 << bits
            entry += 1
        prefix = (index,)
    codes.append((known[prefix], bits))
    bits += entry == 1 << bits and bits < 12
    return pack_codes([*codes, (clear + 1, bits)])


def test_a_worked_example_by_hand():
    # clear, 1, 6 (being defined: 1 1), 2, end, three bits each until entry 8 is next
    codes = pack_codes([(4, 3), (1, 3), (6, 3), (2, 3), (5, 4)])

    assert unpacked(codes, 2, 9) == [1, 1, 1, 2]


def test_blocks_are_joined_and_a_block_that_reaches_too_far_is_cut():
    data = np.frombuffer(blocks(bytes(range(200)) * 3), np.uint8)
    out = scratch(600)

    assert out[: join_blocks(data, 0, data.size, out)].tolist() == [*range(200)] * 3
    assert join_blocks(data, 0, 100, out) == 99
    assert join_blocks(data, 0, data.size, scratch(300)) == 255


@settings(max_examples=60, deadline=None)
@given(st.data(), st.integers(2, 8), st.integers(1, 6000))
def test_what_an_encoder_after_the_specification_wrote_is_read_back(data, min_bits, length):
    seed = data.draw(st.integers(0, 2**32 - 1))
    colours = data.draw(st.integers(1, 1 << min_bits))
    indices = np.random.default_rng(seed).integers(0, colours, length).tolist()

    assert unpacked(packed(indices, min_bits), min_bits, length) == indices


def test_a_full_table_stays_as_it_is_until_the_next_clear():
    indices = np.random.default_rng(0).integers(0, 250, 20_000).tolist()

    assert unpacked(packed(indices, 8), 8, 20_000) == indices


def test_missing_clear_and_end_codes_are_forgiven():
    assert unpacked(pack_codes([(1, 3), (2, 3)]), 2, 2) == [1, 2]


def test_more_pixels_than_fit_are_dropped():
    assert unpacked(literals([1, 2, 3]), 2, 2) == [1, 2]


@pytest.mark.parametrize("codes", [[(7, 3)], [(6, 3)], [(4, 3), (1, 3), (7, 3)]])
def test_a_code_that_is_not_defined_yet_ends_the_image(codes):
    assert unpacked(pack_codes(codes), 2, 9) in ([], [1])


@pytest.mark.parametrize("min_bits", [0, 1, 9, 10, 11])
def test_code_sizes_outside_the_specification_that_browsers_take_are_read(min_bits):
    index = min(1, (1 << min_bits) - 1)

    assert unpacked(literals([index] * 4, min_bits), min_bits, 4) == [index] * 4


@pytest.mark.parametrize("min_bits", [-1, 12, 255])
def test_code_sizes_that_browsers_refuse_give_no_pixel(min_bits):
    assert unpacked(bytes(100), min_bits, 9) == []


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 11), st.integers(0, 3000))
def test_any_bytes_give_what_the_textbook_decoder_gives(codes, min_bits, most):
    assert unpacked(codes, min_bits, most) == chained(codes, min_bits, most)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=4000), st.integers(0, 11), st.integers(0, 100_000))
def test_long_runs_of_any_bytes_stay_inside_their_array(codes, min_bits, most):
    unpacked(codes + bytes(2000), min_bits, most)
