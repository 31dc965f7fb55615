library(tally)
cat("mean of squares", mean(squares(c(1, 2, 3))), "\n")
cat("slope", coef(lm(y ~ x, data.frame(x = 1:5, y = 2 * (1:5) + c(.1, -.1, 0, .1, -.1))))[["x"]] > 1.9, "\n")
