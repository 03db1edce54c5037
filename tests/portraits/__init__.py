"""What the picture of each model must show: a file for each file of models/."""
