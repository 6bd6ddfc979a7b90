# Shapes that every room shares. Pants reads this before each BUILD file.


def room(package, resources_globs=(), test_helpers=(), test_dependencies=(), long_tests=(), **kwargs):
    """A component: its sources and data, and its tests, which mirror the package.

    Each test file runs in a process of its own; those in `long_tests` are spread over two.
    """
    resources(name="data", sources=[package + "/VERSION", *[package + "/" + glob for glob in resources_globs]])
    python_sources(name="lib", sources=[package + "/**/*.py"], dependencies=[":data"], **kwargs)
    if test_helpers:
        python_test_utils(name="test_helpers", sources=test_helpers, **kwargs)
    python_tests(
        name="tests",
        sources=["tests/**/test_*.py"],
        dependencies=[":lib", *test_dependencies],
        xdist_concurrency=0,
        overrides={name: {"xdist_concurrency": 2} for name in long_tests},
        **kwargs,
    )


def requirements(resolve, module_mapping={}):
    """The direct requirements of one resolve."""
    python_requirements(name=resolve, source=resolve + ".txt", resolve=resolve, module_mapping=module_mapping)
