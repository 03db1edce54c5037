"""What the models' papers say: one or more numbers for each model of the zoo, one file for each file of models/."""
