# Fits models whose coefficients are known; prints what came out.

# Longley in the units of NIST's table: persons in thousands, money in millions
longley <- transform(datasets::longley, GNP = GNP * 1000, Unemployed = Unemployed * 10,
                     Armed.Forces = Armed.Forces * 10, Population = Population * 1000,
                     Employed = Employed * 1000)
line <- lm(Employed ~ GNP.deflator + GNP + Unemployed + Armed.Forces + Population + Year, longley)

test <- t.test(extra ~ group, data = datasets::sleep)

budworm <- data.frame(ldose = rep(0:5, 2), sex = factor(rep(c("M", "F"), each = 6)),
                      dead = c(1, 4, 9, 13, 18, 20, 0, 2, 6, 10, 12, 16))
logit <- glm(cbind(dead, 20 - dead) ~ sex * ldose, family = binomial, data = budworm)

mixed <- lme4::lmer(Reaction ~ Days + (Days | Subject), lme4::sleepstudy)
spread <- as.data.frame(lme4::VarCorr(mixed))

cat(jsonlite::toJSON(list(
  longley = as.list(coef(line)),
  r_squared = summary(line)$r.squared,
  t = unname(test$statistic), df = unname(test$parameter), p = test$p.value,
  logit = as.list(coef(logit)), deviance = deviance(logit),
  mixed = as.list(lme4::fixef(mixed)),
  spread = spread$sdcor[c(1, 2, 4)]
), auto_unbox = TRUE, digits = NA))
