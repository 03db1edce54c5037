from ratezoo.homework.exercise import Exercise as Exercise
from ratezoo.homework.exercise import ExerciseByParts as ExerciseByParts
from ratezoo.homework.exercise import ExerciseInFolder as ExerciseInFolder
from ratezoo.homework.registry import ExerciseRegistry
from ratezoo.homework.report import Report as Report
from ratezoo.homework.report import check as check

exercises: ExerciseRegistry
