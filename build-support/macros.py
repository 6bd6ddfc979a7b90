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


def jars():
    """What a folder's pom.xml asks for, in its folder jars; held against its jars.sha256."""
    files(name="pom", sources=["pom.xml", "jars.sha256"])
    shell_command(
        name="jars",
        command="../resolve .",
        tools=["bash", "mvn"],
        execution_dependencies=[":pom", "//3rdparty/jvm:resolve"],
        extra_env_vars=["HOME", "JAVA_HOME", "MAVEN_OPTS"],
        output_directories=["jars"],
        timeout=600,
    )


def go_program():
    """The program that a folder's go.mod names as its tool, in its folder bin."""
    files(name="modules", sources=["go.mod", "go.sum"])
    shell_command(
        name="program",
        command="../build .",
        tools=["bash", "go"],
        execution_dependencies=[":modules", "//3rdparty/go:build"],
        extra_env_vars=["HOME", "GOPATH", "GOPROXY", "GOSUMDB", "GONOSUMDB"],
        output_directories=["bin"],
        timeout=3600,
    )


def service_image(image, version, dependencies=(), tags=(), **kwargs):
    """A container image, `quantum-pipeline/IMAGE`, tagged `dev` and with its version; its Dockerfile is beside."""
    docker_image(
        name="image",
        repository="quantum-pipeline/" + image,
        image_tags=["dev", version],
        extra_build_args=["VERSION=" + version],
        dependencies=dependencies,
        tags=["docker", *tags],
        **kwargs,
    )


def component_image(image, package, version):
    """An image that runs a component's commands: its third-party packages and its sources, each packed by itself."""
    shared = dict(
        entry_point=package + "/__main__.py",
        execution_mode="venv",
        layout="packed",
        include_tools=True,
    )
    pex_binary(name="packages", include_sources=False, **shared)
    pex_binary(name="sources", include_requirements=False, **shared)
    service_image(image, version, dependencies=[":packages", ":sources"])


def debian_layer(name):
    """`NAME.tar`: what the packages of packages.txt add to the root file system that all images stand on."""
    files(name="packages", sources=["packages.txt"])
    shell_command(
        name=name,
        command="../debian/bootstrap --above ../debian/rootfs.tar " + name + ".tar ../debian/packages.txt packages.txt",
        tools=["bash"],
        extra_env_vars=["DEBIAN_MIRROR"],
        execution_dependencies=[":packages", "//deploy/images/debian:bootstrap", "//deploy/images/debian:rootfs"],
        output_files=[name + ".tar"],
        timeout=1200,
    )
