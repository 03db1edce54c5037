from ratezoo.tasks.generation import *
from ratezoo.tasks.memory import *
from ratezoo.tasks.decision import *
from ratezoo.tasks.environments import *
from ratezoo.tasks.datasets import *
from ratezoo.registry import Registry
from ratezoo.tasks.base import Task as Task
from ratezoo.tasks.base import Training as Training
from ratezoo.tasks.base import Trials as Trials
from ratezoo.tasks.datasets import corrupted as corrupted
from ratezoo.tasks.datasets import digit_patterns as digit_patterns
from ratezoo.tasks.datasets import random_patterns as random_patterns
from ratezoo.tasks.datasets import read_idx as read_idx
from ratezoo.tasks.datasets import rings as rings
from ratezoo.tasks.datasets import sliced_wasserstein as sliced_wasserstein
from ratezoo.tasks.datasets import two_moons as two_moons
from ratezoo.tasks.sequence import homework_sequence as homework_sequence

tasks: Registry[type[Task]]
