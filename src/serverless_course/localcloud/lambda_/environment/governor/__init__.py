"""CPU follows memory: governors that hold an environment to memory / 1769 of one vCPU."""

from .choose import Governor, choose_governor
from .group import CpuGroup, CpuUsage

__all__ = ["CpuGroup", "CpuUsage", "Governor", "choose_governor"]
