squares <- function(x) .Call(squares_c, as.numeric(x))
