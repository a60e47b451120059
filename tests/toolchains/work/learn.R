# Trains models on data with a known answer; prints accuracies, and whether a saved model is the same.

set.seed(42)
rows <- caret::createDataPartition(iris$Species, p = 0.7, list = FALSE)
train <- iris[rows, ]
test <- iris[-rows, ]

again <- function(model) {
  file <- tempfile(fileext = ".rds")
  saveRDS(model, file)
  readRDS(file)
}
score <- function(model, predicted) {
  first <- predicted(model)
  list(accuracy = mean(first == test$Species), same = identical(first, predicted(again(model))))
}

forest <- randomForest::randomForest(Species ~ ., train)
folds <- caret::trainControl(method = "cv", number = 5)
tuned <- caret::train(Species ~ ., train, method = "rf", trControl = folds, tuneLength = 2)
fast <- ranger::ranger(Species ~ ., train, num.threads = 2)

# glmnet without a penalty is least squares; with the lasso's it keeps the two that matter
x <- matrix(rnorm(200 * 20), 200)
y <- 3 * x[, 1] - 2 * x[, 2] + rnorm(200, sd = 0.5)
plain <- as.vector(coef(glmnet::glmnet(x, y, lambda = 0, thresh = 1e-14)))
lasso <- coef(glmnet::cv.glmnet(x, y), s = "lambda.1se")[-1, 1]

cat(jsonlite::toJSON(list(
  models = list(
    randomForest = score(forest, function(m) unname(predict(m, test))),
    caret = score(tuned, function(m) unname(predict(m, test))),
    ranger = score(fast, function(m) predict(m, test)$predictions)
  ),
  glmnet_off = max(abs(plain - coef(lm(y ~ x)))),
  kept = which(abs(lasso) > 0.5)
), auto_unbox = TRUE, digits = NA))
