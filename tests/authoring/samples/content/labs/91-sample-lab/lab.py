# %% [markdown] id="title"
# # A sample lab
#
# It brings its own `lab`, so that the authoring tools are tested without the course.

# %% id="setup"
import runpy
from types import SimpleNamespace


class Lab:
    def __init__(self):
        self.verdicts = {}

    def tell(self, task, state, message):
        self.verdicts[task] = SimpleNamespace(state=state, message=message)
        print(f"{state}: {message}")

    def check_even(self, answer):
        if answer is ...:
            self.tell("even", "not attempted", "There is no answer yet.")
        elif not isinstance(answer, int):
            self.tell("even", "error in your code", f"{answer!r} is no whole number.")
        elif answer % 2:
            self.tell("even", "not yet right", f"{answer} is odd.")
        else:
            self.tell("even", "right", f"{answer} is even.")

    def check_double(self):
        got = runpy.run_path("functions/double/app.py")["handler"]({"n": 4}, None)
        if got is None:
            self.tell("double", "not attempted", "The function returns nothing yet.")
        elif got != 8:
            self.tell("double", "not yet right", f"4 became {got}.")
        else:
            self.tell("double", "right", "4 became 8.")


lab = Lab()

# %% [markdown] id="even"
# ## An even number

# %% id="even-answer" role="answer" task="even"
# The line below is yours.
### BEGIN SOLUTION
even = 4096
### STARTER
# even = ...
### END SOLUTION

# %% [markdown] id="even-hint-1" role="hint" task="even"
# Two divides it.

# %% [markdown] id="even-hint-2" role="hint" task="even"
# Try the size of a memory page.

# %% id="even-wrong-odd" role="wrong" task="even" name="odd" says="3 is odd"
even = 3

# %% id="even-wrong-text" role="wrong" task="even" name="text" says="no whole number" state="error in your code"
even = "two"

# %% id="even-check" role="check" task="even"
lab.check_even(even)

# %% [markdown] id="double"
# ## A function that doubles
#
# Open `functions/double/app.py` and finish it.

# %% id="double-answer" role="answer" task="double" changes="double"
### BEGIN SOLUTION
done = "functions/double/app.py returns twice the number"
### STARTER
# # Change the file, then run the next cell.
### END SOLUTION

# %% [markdown] id="double-hint-1" role="hint" task="double"
# The number is `event["n"]`.

# %% [markdown] id="double-hint-2" role="hint" task="double"
# Return `event["n"] * 2`.

# %% id="double-wrong-plus" role="wrong" task="double" name="adds two" says="4 became 6"
from pathlib import Path

text = 'def handler(event, context):\n    return event["n"] + 2\n'
Path("functions/double/app.py").write_text(text)

# %% id="double-wrong-square" role="wrong" task="double" name="squares" says="4 became 16"
from pathlib import Path

text = 'def handler(event, context):\n    return event["n"] ** 2\n'
Path("functions/double/app.py").write_text(text)

# %% id="double-check" role="check" task="double"
lab.check_double()

# %% [markdown] id="next"
# ## Next
