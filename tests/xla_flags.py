"""The flags with which the tests compile. Most of a test's time is compiling; these make it two to three times faster.

XLA stops at a flag that it doesn't know, so the newer flags are given only to the versions that were tried. Users have
none of these flags: CI runs a part of the tests without them (``XLA_FLAGS= python -m pytest ...``).
"""

import importlib.metadata

XLA_FLAGS = '--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true'
if importlib.metadata.version('jaxlib').startswith('0.10.'):
    XLA_FLAGS += ' --xla_cpu_use_fusion_emitters=false --xla_cpu_parallel_codegen_split_count=1'
