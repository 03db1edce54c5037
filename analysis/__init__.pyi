from ratezoo.analysis.lyapunov import lyapunov_exponent as lyapunov_exponent
from ratezoo.analysis.planes import Equilibrium as Equilibrium
from ratezoo.analysis.planes import fixed_points as fixed_points
from ratezoo.analysis.planes import paths as paths
from ratezoo.analysis.sweeps import Sweep as Sweep
from ratezoo.analysis.sweeps import sweep as sweep
