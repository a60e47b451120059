"""Own keys for kernel modules: what is refused before a build, and what a layer and a report get of them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import checkout
import gpus
import keys
import pytest
from burnish.build import firmware
from burnish.catalog.keys import certificate, check_private, load_keys
from burnish.catalog.load import load
from burnish.errors import DefinitionError
from burnish.model.plan import Plan
from burnish.model.signing import Certificate
from burnish.plan.layers import Context, next_layer
from burnish.render.layer import LayerPaths, variables
from burnish.render.transport import SIGNING, Files, volumes
from burnish.stages import planning

OLD = {**gpus.OLD_VARS}
TORCH = {"torch": gpus.TORCH_12}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The certificate `acme`, its key beside it."""
    return keys.pair(tmp_path_factory.mktemp("keys"), name="acme")


@pytest.fixture(scope="module")
def acme(made: Path) -> Certificate:
    return certificate(made.read_bytes(), name="acme")


def signed(own: Certificate | None, **values: Any) -> Plan:
    """Debian's driver in an image that names a certificate."""
    plan = gpus.plan(gpus.OLD, TORCH, given=OLD)
    layers = tuple(
        replace(each, signing=own if "cuda" in each.roles else None) for each in plan.layers
    )
    image = replace(plan.image, signing=own.name if own else "", **values)
    return replace(plan, image=image, signing=own, layers=layers)


def found(plan: Plan, *, today: date = date(2026, 6, 30)) -> list[str]:
    return [f"{each.path}: {each.text}" for each in gpus.judged(plan, today=today).refused]


def test_a_certificate_is_read_as_openssl_wrote_it(made: Path, acme: Certificate) -> None:
    assert (acme.subject, acme.pem) == ("acme modules", made.read_text())
    assert len(acme.sha256) == 64 and acme.ends.year >= 2036
    assert len(acme.serial) % 2 == 0 and int(acme.serial, 16)


@pytest.mark.parametrize("bits", [1024, 0], ids=["too short", "no RSA"])
def test_a_key_that_no_kernel_takes_is_refused(tmp_path: Path, *, bits: int) -> None:
    folder = tmp_path / "packer" / "keys"
    folder.mkdir(parents=True)
    keys.pair(folder, name="weak", bits=bits)
    known, problems = load_keys([tmp_path], shown=str)
    text = "its key is none of RSA with 2048, 3072, 4096 bits"
    assert (known, [problem.text for problem in problems]) == ({}, [text])


def test_a_private_key_among_the_definitions_is_refused(tmp_path: Path, made: Path) -> None:
    folder = tmp_path / "packer" / "keys"
    folder.mkdir(parents=True)
    (folder / "acme.pem").write_bytes(made.with_suffix(".key").read_bytes() + made.read_bytes())
    (folder / "text.pem").write_text("no certificate")
    _, problems = load_keys([tmp_path], shown=lambda path: path.name)
    assert [(problem.file, problem.text.partition(":")[0]) for problem in problems] == [
        ("acme.pem", "holds a private key"),
        ("text.pem", "is no certificate in PEM"),
    ]


def test_an_unknown_certificate_names_the_nearest(tmp_path: Path, made: Path) -> None:
    image, name = f"packer/images/{checkout.IMAGE}.yaml", checkout.image()
    changes = {image: f"{name}signing: acma\n", "packer/keys/acme.pem": made.read_text()}
    with pytest.raises(DefinitionError) as caught:
        load([checkout.write(tmp_path, changes=changes)])
    (problem,) = caught.value.problems
    assert str(problem) == f"{image}:10: signing: unknown certificate 'acma'"
    assert "'acme'" in problem.hint and "packer/keys/" in problem.hint


def test_an_image_is_planned_with_its_certificate(tmp_path: Path, made: Path) -> None:
    image = f"packer/images/{checkout.IMAGE}.yaml"
    plain = checkout.resolved(checkout.write(tmp_path))
    (tmp_path / "packer" / "keys").mkdir()
    (tmp_path / "packer" / "keys" / "acme.pem").write_bytes(made.read_bytes())
    assert checkout.resolved(tmp_path).id == plain.id
    checkout.edit(tmp_path, image, new="signing: acme\n")
    own = checkout.resolved(tmp_path)
    assert own.signing and own.signing.subject == "acme modules" and own.id != plain.id
    # no role of these builds a module
    assert [layer.id for layer in own.layers] == [layer.id for layer in plain.layers]


def test_the_sites_key_is_taken_where_it_belongs_to_the_certificate(
    made: Path, acme: Certificate
) -> None:
    check_private(made.with_suffix(".key"), of=acme, site="site.yaml")


def test_a_key_that_is_missing_open_to_all_or_another_is_refused(
    tmp_path: Path, acme: Certificate
) -> None:
    other = keys.pair(tmp_path, name="other").with_suffix(".key")
    open_ = tmp_path / "open.key"
    open_.write_bytes(other.read_bytes())
    open_.chmod(0o644)
    locked = tmp_path / "text.key"
    locked.write_text("no key")
    locked.chmod(0o600)
    wanted = {
        tmp_path / "none.key": "No such file",
        open_: "can be read by others",
        locked: "is no private key in PEM without a passphrase",
        other: "is not the key of the certificate packer/keys/acme.pem",
    }
    for path, text in wanted.items():
        with pytest.raises(DefinitionError, match=text):
            check_private(path, of=acme, site="site.yaml")


def test_trusted_launch_is_let_through_with_a_certificate_alone(acme: Certificate) -> None:
    launched = {"security": "trusted-launch"}
    (refused,) = found(signed(None, **launched))
    assert refused.startswith("security: trusted-launch starts machines with Secure Boot")
    assert found(signed(acme, **launched)) == []


def test_a_certificate_that_ended_or_signs_nothing_is_refused(acme: Certificate) -> None:
    ended = replace(acme, ends=date(2026, 1, 1))
    assert found(signed(ended)) == ["signing: the certificate 'acme' was valid until 2026-01-01"]
    idle = replace(
        signed(acme), layers=tuple(replace(each, signing=None) for each in signed(acme).layers)
    )
    assert found(idle) == [
        "signing: 'acme' is to sign kernel modules, and no layer of the image builds one"
    ]


def test_what_secure_boot_makes_of_the_modules_is_said(acme: Certificate) -> None:
    said = gpus.judged(signed(None)).secure_boot
    assert said == "no, nobody signs what nvidia-kernel-dkms builds"
    said = gpus.judged(signed(acme)).secure_boot
    assert said.startswith("yes, where the firmware has the certificate 'acme' in its db")
    of_ubuntu = gpus.plan(gpus.SIGNED, TORCH, given=gpus.NEW_VARS)
    assert gpus.judged(of_ubuntu).secure_boot == "yes, the distribution signs all of them"


def test_the_certificate_is_part_of_what_is_signed_and_of_nothing_else(acme: Certificate) -> None:
    catalog, image = checkout.real(), checkout.real().images["debian-12-gpu-distro"]
    specs = {layer.id: layer for layer in catalog.profiles["data-science-gpu-distro"].layers}
    parent = gpus.plan({}, {}, given=OLD).layers[0]
    context = Context(
        catalog=catalog,
        base=catalog.bases[image.base],
        image=image,
        lock=gpus.plan({}, {}, given=OLD).lock,
        asked=planning.asked(catalog, image),
    )
    own_ = replace(
        context,
        catalog=replace(catalog, keys={"acme": acme}),
        image=replace(image, signing="acme"),
    )
    for name, changes in {"cuda": {"signing:": acme.sha256}, "torch": {}}.items():
        plain = next_layer(specs[name], parent, origin="x", context=context)
        own = next_layer(specs[name], parent, origin="x", context=own_)
        assert dict(own.inputs.items() - plain.inputs.items()) == changes, name
        assert (own.id == plain.id) == (not changes)


def test_a_layer_that_signs_is_lent_the_key_and_told_the_certificate(acme: Certificate) -> None:
    plan = signed(acme)
    paths = LayerPaths(repository="r", ansible_playbook="a", uv="u", folder="/f")
    given = {each.name: variables(plan, each, paths=paths) for each in plan.layers if each.roles}
    own = given.pop("cuda")
    assert own["burnish_signing"] == {
        name: getattr(acme, name) for name in ("name", "subject", "serial", "sha256", "pem")
    }
    assert f'"BURNISH_SIGNING_KEY": "{SIGNING}"' in str(own["burnish_environment"])
    assert "SIGNING" not in json.dumps(given)
    files = dict.fromkeys(("uv_cache", "debs", "wheels", "downloads", "npm", "settings"), "/x")
    assert f"/k/acme.key:{SIGNING}:ro" in volumes(Files(**files, signing="/k/acme.key"))
    assert not any(SIGNING in volume for volume in volumes(Files(**files)))


@pytest.mark.touches("processes", reason="virt-fw-vars writes the variables of a firmware")
def test_a_firmware_is_given_the_certificate_beside_its_own(
    tmp_path: Path, acme: Certificate
) -> None:
    found = firmware.find("secureboot")
    assert found
    out = firmware.enrol(found.variables, [acme.der], out=tmp_path / "variables.fd")
    assert out.stat().st_size == found.variables.stat().st_size
    listed = keys.listed(out)
    assert [name for name in listed if name == "acme modules"], listed
    assert any("Microsoft" in name for name in listed), "its own are gone"
