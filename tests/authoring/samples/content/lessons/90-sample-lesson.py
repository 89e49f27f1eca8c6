# %% [markdown] id="title"
# # A sample lesson
#
# What every run gives again is kept; what changes is not.

# %% id="kept"
import time

import pandas as pd

memory_mb = 1769
print(f"{memory_mb} MB is {memory_mb / 1769:.1f} vCPU")
memory_mb * 2

# %% id="kept-table"
pd.DataFrame({"memory (MB)": [128, 1769], "vCPU": [128 / 1769, 1.0]}).round(4)

# %% id="changes" tags=["measured"]
start = time.perf_counter()
took_s = time.perf_counter() - start
print(f"took {took_s} s")

# %% id="changes-check"
assert took_s >= 0

# %% id="error-on-purpose" tags=["raises-exception"]
raise ValueError("128 MB is the least")
