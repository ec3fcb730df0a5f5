namespace dgxp {}
