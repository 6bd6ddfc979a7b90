# Shapes that every room shares. Pants reads this before each BUILD file.


def room(
    package,
    resources_globs=(),
    test_helpers=(),
    test_dependencies=(),
    long_tests=(),
    resolves=("core",),
    spark=None,
    spark_dependencies=(),
    spark_soak_tests=(),
):
    """A component: its sources and data, and its tests, which mirror the package.

    The sources are in all `resolves`, and the tests run in the first of them. Each test file runs in a process of its
    own; those in `long_tests` are spread over two. What is in the sub-package `spark` imports Spark, see `on_spark`.
    """
    resolve = parametrize(*resolves) if len(resolves) > 1 else resolves[0]
    parts = [package + "/" + spark + "/**"] if spark else []
    resources(name="data", sources=[package + "/VERSION", *[package + "/" + glob for glob in resources_globs]])
    python_sources(
        name="lib",
        sources=[package + "/**/*.py", *["!" + part for part in parts]],
        dependencies=[":data"],
        resolve=resolve,
    )
    if test_helpers:
        python_test_utils(
            name="test_helpers", sources=[*test_helpers, *["!tests/" + part for part in parts]], resolve=resolve
        )
    python_tests(
        name="tests",
        sources=["tests/**/test_*.py", *["!tests/" + part for part in parts]],
        dependencies=[":lib", *test_dependencies],
        xdist_concurrency=0,
        overrides={name: {"xdist_concurrency": 2} for name in long_tests},
        resolve=resolves[0],
    )
    if spark:
        on_spark(package + "/" + spark, spark_dependencies, test_dependencies, spark_soak_tests)


def on_spark(package, dependencies=(), test_dependencies=(), soak_tests=()):
    """A sub-package that needs Spark, in the resolve of that name.

    Its tests run in one process, for a JVM takes seconds to start and much memory; QUANTUM_PIPELINE_SPARK_JARS names
    the folder of the jars that Spark lacks, QUANTUM_PIPELINE_ICEBERG_REST_JARS that of a catalog's server. Those in `soak_tests` take long, and run when they are asked for.
    """
    python_sources(name="spark", sources=[package + "/**/*.py"], dependencies=[":data", *dependencies], resolve="spark")
    python_test_utils(
        name="spark_test_helpers",
        sources=["tests/" + package + "/**/conftest.py", "tests/" + package + "/**/support_*.py"],
        resolve="spark",
    )
    soak = ["tests/" + package + "/" + name for name in soak_tests]
    shared = dict(
        dependencies=[
            ":spark",
            ":spark_test_helpers",
            *test_dependencies,
            "//3rdparty/jvm/spark:jars",
            "//3rdparty/jvm/iceberg-rest:jars",
        ],
        resolve="spark",
        xdist_concurrency=0,
        extra_env_vars=[
            "JAVA_HOME",
            "QUANTUM_PIPELINE_SPARK_JARS=3rdparty/jvm/spark/jars",
            "QUANTUM_PIPELINE_ICEBERG_REST_JARS=3rdparty/jvm/iceberg-rest/jars",
            "SPARK_LOCAL_IP=127.0.0.1",
        ],
    )
    python_tests(
        name="spark_tests",
        sources=["tests/" + package + "/**/test_*.py", *["!" + name for name in soak]],
        tags=["java"],
        batch_compatibility_tag="spark",
        timeout=1800,
        **shared,
    )
    if soak:
        python_tests(name="soak", sources=soak, tags=["java", "soak"], timeout=3600, **shared)


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


def component_image(image, package, version, resolve="core", sources=(), dependencies=()):
    """An image that runs a component's commands: its third-party packages and its sources, each packed by itself.

    `sources` are what the commands do not import, but others start.
    """
    shared = dict(
        entry_point=package + "/__main__.py",
        dependencies=sources,
        resolve=resolve,
        execution_mode="venv",
        layout="packed",
        include_tools=True,
    )
    pex_binary(name="packages", include_sources=False, **shared)
    pex_binary(name="sources", include_requirements=False, **shared)
    service_image(image, version, dependencies=[":packages", ":sources", *dependencies])


def debian_layer(name, without=()):
    """`NAME.tar`: what the packages of packages.txt add to the root file system that all images stand on.

    What matches a pattern of `without` is dropped at the end, made by the packages' own scripts or not.
    """
    files(name="packages", sources=["packages.txt"])
    command = "../debian/bootstrap --above ../debian/rootfs.tar " + name + ".tar ../debian/packages.txt packages.txt"
    if without:
        patterns = " ".join("'" + pattern + "'" for pattern in without)
        command += " && tar --delete --wildcards --file " + name + ".tar " + patterns
    shell_command(
        name=name,
        command=command,
        tools=["bash", *(["tar"] if without else [])],
        extra_env_vars=["DEBIAN_MIRROR"],
        execution_dependencies=[":packages", "//deploy/images/debian:bootstrap", "//deploy/images/debian:rootfs"],
        output_files=[name + ".tar"],
        timeout=1200,
    )
