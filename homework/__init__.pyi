from ratezoo.homework.exercise import Exercise as Exercise
from ratezoo.homework.registry import ExerciseRegistry

exercises: ExerciseRegistry
