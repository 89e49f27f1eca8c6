import pytest

from serverless_course.functions.power_url import power_url

# The picture of aws-lambda-power-tuning's README: its address, and the figures it stands for.
SIZES = "gAAAAQACAAQABsAL"
KNOWN_MS = [37_002, 18_648, 8_489, 3_891, 2_512, 2_010]


def test_the_sizes_of_the_readmes_picture():
    url = power_url([128, 256, 512, 1024, 1536, 3008], KNOWN_MS, [0.0] * 6)
    assert url.startswith(f"https://lambda-power-tuning.show/#{SIZES};")


def test_the_figures_come_back_as_float32():
    import base64
    import struct

    _, ms, usd = power_url([128, 256], [11.25, 3.5], [2e-7, 1.0]).split(";")
    assert struct.unpack("<2f", base64.b64decode(ms)) == (11.25, 3.5)
    assert struct.unpack("<2f", base64.b64decode(usd)) == (pytest.approx(2e-7), 1.0)


def test_lists_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="one duration and one cost"):
        power_url([128], [1.0, 2.0], [1.0])
