from ratezoo.homework.exercise import Exercise as Exercise, ExerciseByParts as ExerciseByParts
from ratezoo.homework.registry import ExerciseRegistry

exercises: ExerciseRegistry
