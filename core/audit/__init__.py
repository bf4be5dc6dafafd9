"""What is wrong with the dataset, as figures and pictures that can be made again.

The figures come from the audit's table of all images (`core.audit.facts`), which ships; the
pictures and the statistics of pixels (`core.audit.stored`) are made by
``python -m core audit --data DIR`` (`core.audit.make`).
"""
