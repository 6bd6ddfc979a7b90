from quantum_ingestion.change import added, dropped, renamed, set_to


def test_a_change_is_made_and_told() -> None:
    config = {"a": "1", "b": "2"}
    assert added("c", "3", "why").apply_to(config) == {"a": "1", "b": "2", "c": "3"}
    assert dropped("a", "1", "why").apply_to(config) == {"b": "2"}
    assert renamed("a", "z", "1", "why").apply_to(config) == {"z": "1", "b": "2"}
    assert set_to(config, "a", "9", "why").apply_to(config) == {"a": "9", "b": "2"}
    assert config == {"a": "1", "b": "2"}


def test_in_words() -> None:
    assert str(added("c", "3", "why")) == "c: added, 3 (why)"
    assert str(dropped("a", "1", "why")) == "a: dropped, was 1 (why)"
    assert str(renamed("a", "z", "1", "why")) == "a: now z (why)"
    assert str(set_to({"a": "1"}, "a", "9", "why")) == "a: 1 -> 9 (why)"
    assert str(set_to({}, "a", "9", "why")) == "a: added, 9 (why)"


def test_secrets_are_masked() -> None:
    assert str(set_to({"my.secret": "old"}, "my.secret", "new", "why")) == "my.secret: ******** -> ******** (why)"
