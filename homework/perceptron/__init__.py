"""Exercise ``perceptron``: the chain rule for a perceptron with an L2 penalty on its weights."""
