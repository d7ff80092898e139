"""The door for data: reads files that people send and says what to mend, or gives a table that fits its schema."""

from renben.engines.intake.check import Intake, take_in
from renben.engines.intake.files import FileError, read_cells
from renben.engines.intake.template import write_template

__all__ = ["FileError", "Intake", "read_cells", "take_in", "write_template"]
