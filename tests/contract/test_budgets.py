"""Nothing outgrows its budget (CONTRIBUTING, "Budgets"); an exception has its reason."""

from __future__ import annotations

from house import budgets, expect_needed, expect_none, sources

# "place" or "place: function" -> why it may be larger
EXCEPTIONS: dict[str, str] = {
    "tests/simulated/connection_plugins/simulated.py: exec_command": "the signature is Ansible's",
}


def test_modules_are_short() -> None:
    expect_none(budgets.long_modules(sources.everything()), except_for=EXCEPTIONS)


def test_functions_and_tests_are_short() -> None:
    expect_none(budgets.long_functions(sources.everything()), except_for=EXCEPTIONS)


def test_parameters_are_few_and_named() -> None:
    expect_none(budgets.many_parameters(sources.everything()), except_for=EXCEPTIONS)


def test_the_engine_is_short_on_the_whole() -> None:
    expect_none(budgets.averages(sources.engine()))


def test_every_module_says_what_it_takes_and_gives() -> None:
    expect_none(budgets.silent_modules(sources.everything()))


def test_tasks_and_scenarios_are_short() -> None:
    expect_none(budgets.long_yaml(sources.files()), except_for=EXCEPTIONS)


def test_every_exception_is_still_needed() -> None:
    every = sources.everything()
    found = [
        *budgets.long_modules(every),
        *budgets.long_functions(every),
        *budgets.many_parameters(every),
        *budgets.long_yaml(sources.files()),
    ]
    expect_needed(found, except_for=EXCEPTIONS)
