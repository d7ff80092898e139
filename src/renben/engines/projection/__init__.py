"""Multi-region, multi-state projection of residents and registered people, with draws.

Start with `model.prepare`, `run.run` and `summary.report`. Rules of a year: `reference` (NumPy) and `kernel` (compiled).
Inputs: `inputs`, `assumptions`, `base`, `rates`, `gravity`, `course`, `drift`, `calibration`. Uncertainty: `draws`.
Questions: `levers`, `scenario`, `questions`, `inverse`, `service`. Was it right: `hindcast`, `rolling`, `scores`, `baselines`.
For any demographer: `lifetable`, `brass`, `rogers`, `schedules`, `graduation`, `ipf`, `cohort`.
"""
