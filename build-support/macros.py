# Shapes that every room shares. Pants reads this before each BUILD file.


def room(package, resources_globs=(), test_dependencies=(), **kwargs):
    """A component: its sources and data, and its tests, which mirror the package."""
    resources(name="data", sources=[package + "/VERSION", *[package + "/" + glob for glob in resources_globs]])
    python_sources(name="lib", sources=[package + "/**/*.py"], dependencies=[":data"], **kwargs)
    python_test_utils(name="test_utils", sources=["tests/**/conftest.py", "tests/support_*.py"], **kwargs)
    python_tests(name="tests", sources=["tests/**/test_*.py"], dependencies=[":lib", *test_dependencies], **kwargs)


def requirements(resolve, module_mapping={}):
    """The direct requirements of one resolve."""
    python_requirements(name=resolve, source=resolve + ".txt", resolve=resolve, module_mapping=module_mapping)
