"""Checkpoints as other programs write them: names spelt out here, not taken from the reader."""

import struct

import numpy as np

HASSONY2 = {
    "b0": "branch_0",
    "b1a": "branch_1.0",
    "b1b": "branch_1.1",
    "b2a": "branch_2.0",
    "b2b": "branch_2.1",
    "b3b": "branch_3.1",
}
DEEPMIND = {
    "b0": "Branch_0/Conv3d_0a_1x1",
    "b1a": "Branch_1/Conv3d_0a_1x1",
    "b1b": "Branch_1/Conv3d_0b_3x3",
    "b2a": "Branch_2/Conv3d_0a_1x1",
    "b2b": "Branch_2/Conv3d_0b_3x3",
    "b3b": "Branch_3/Conv3d_0b_1x1",
}
STATISTICS = {"bias": "beta", "running_mean": "moving_mean", "running_var": "moving_variance"}


def units(state):
    """(unit, its tensors by short name) for every unit: conv, weight, bias, mean, ..."""
    found = {}
    for name, value in state.items():
        unit, kind, leaf = name.rsplit(".", 2)
        found.setdefault(unit, {})["conv" if (kind, leaf) == ("conv3d", "weight") else leaf] = value
    return found


def hassony2(state):
    out = {}
    for unit, parts in units(state).items():
        block, _, branch = unit.partition(".")
        place = ".".join(filter(None, [block.lower(), HASSONY2.get(branch)]))
        if unit == "logits":
            out["conv3d_0c_1x1.conv3d.weight"] = parts["conv"]
            out["conv3d_0c_1x1.conv3d.bias"] = parts["bias"]
            continue
        out[f"{place}.conv3d.weight"] = parts.pop("conv")
        out |= {f"{place}.batch3d.{leaf}": value for leaf, value in parts.items()}
    return out


def place_of(unit):
    """`Mixed_5b.b2b` as DeepMind spells it, typing error and all."""
    if unit == "Mixed_5b.b2b":
        return "Mixed_5b/Branch_2/Conv3d_0a_3x3"
    block, _, branch = unit.partition(".")
    return f"{block}/{DEEPMIND[branch]}" if branch else block


def kernel(conv):
    """(out, in, ...) to TensorFlow's (..., in, out)."""
    return np.moveaxis(conv.numpy(), (0, 1), (-1, -2))


def deepmind(state, prefix="RGB/inception_i3d/", long_bn=False, momentum=False):
    out = {}
    for unit, parts in units(state).items():
        if unit == "logits":
            out["Logits/Conv3d_0c_1x1/conv_3d/w"] = kernel(parts["conv"])
            out["Logits/Conv3d_0c_1x1/conv_3d/b"] = parts["bias"].numpy()
            continue
        out[f"{place_of(unit)}/conv_3d/w"] = kernel(parts["conv"])
        for leaf, name in STATISTICS.items():
            value = parts[leaf].numpy()
            out[f"{place_of(unit)}/batch_norm/{name}"] = value.reshape(
                (1, 1, 1, 1, -1) if long_bn else -1
            )
    slots = {f"{name}/Momentum": 9 + 0 * value for name, value in out.items()} if momentum else {}
    return {prefix + name: value for name, value in {**out, **slots}.items()}


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def entry(array, offset):
    dims = b"".join(field(2, field(1, size)) for size in array.shape)
    crc = varint(6 << 3 | 5) + struct.pack("<I", 0)
    kind = {"float32": 1, "int64": 9, "complex64": 8}[array.dtype.name]
    places = (field(4, offset) if offset else b"") + field(5, array.nbytes)
    return field(1, kind) + field(2, dims) + places + crc


def block(rows, restart_every=16):
    """A LevelDB block: each key without the part it shares with the one before."""
    out, restarts, last = bytearray(), [], b""
    for count, (key, value) in enumerate(rows):
        if count % restart_every == 0:
            restarts.append(len(out))
            last = b""
        shared = 0
        while shared < min(len(last), len(key)) and last[shared] == key[shared]:
            shared += 1
        out += varint(shared) + varint(len(key) - shared) + varint(len(value))
        out += key[shared:] + value
        last = key
    restarts = restarts or [0]
    return bytes(out) + struct.pack(f"<{len(restarts) + 1}I", *restarts, len(restarts))


def write_bundle(prefix, arrays, per_block=40):
    """`prefix.index` and `prefix.data-00000-of-00001` as TensorFlow's BundleWriter lays them."""
    rows, data = [(b"", field(1, 1) + field(3, field(1, 1)))], bytearray()
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        rows.append((name.encode(), entry(array, len(data))))
        data += array.tobytes()
    out, handles = bytearray(), []

    def put(content):
        handle = varint(len(out)) + varint(len(content))
        out.extend(content + b"\0" + b"\0" * 4)
        return handle

    for start in range(0, len(rows), per_block):
        part = rows[start : start + per_block]
        handles.append((part[-1][0] + b"~", put(block(part))))
    meta, index = put(block([])), put(block(handles, 1))
    out += (meta + index).ljust(40, b"\0") + bytes.fromhex("57fb808b247547db")
    prefix.with_name(prefix.name + ".index").write_bytes(out)
    prefix.with_name(prefix.name + ".data-00000-of-00001").write_bytes(data)
    return prefix
