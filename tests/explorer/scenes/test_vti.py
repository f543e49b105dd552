"""What is written for VTK is read by VTK."""

import numpy as np
import pytest

from cosmoloom.data.writers import write_fields
from cosmoloom.errors import InvalidInputError
from cosmoloom_explorer import scenes

pyvista = pytest.importorskip("pyvista")


def test_a_volume_survives_the_way_through_vtk(web, tmp_path):
    facts = {"box_size": web.box_size, "redshift": 0.5, "model": "tiny <64>", "settings": {"seed": 3}}
    write_fields(tmp_path / "a.vti", web.density, facts)
    read = pyvista.read(tmp_path / "a.vti")
    assert read.bounds == pytest.approx((0, 32, 0, 32, 0, 32))
    assert read.cell_data["density"].reshape(web.density.shape, order="F") == pytest.approx(web.density)
    assert read.field_data["redshift"] == pytest.approx([0.5])
    assert read.field_data["model"][0] == "tiny <64>"
    assert read.field_data["settings"][0] == '{"seed": 3}'


def test_the_dense_voxel_lies_at_its_place_in_vtk(spark, tmp_path):
    write_fields(tmp_path / "a.vti", spark.density, {"box_size": spark.box_size})
    read = pyvista.read(tmp_path / "a.vti")
    densest = int(np.argmax(read.cell_data["density"]))
    assert read.cell_centers().points[densest] == pytest.approx((5.0, 9.0, 15.0))
    (part,) = scenes.points(spark).parts
    assert part.cloud().points[0] == pytest.approx((5.0, 9.0, 15.0))


def test_several_volumes_are_several_arrays(web, tmp_path):
    write_fields(tmp_path / "a.vti", np.stack([web.density, 2 * web.density]), {"box_size": 32.0})
    read = pyvista.read(tmp_path / "a.vti")
    assert read.cell_data["density_1"] == pytest.approx(2 * read.cell_data["density_0"])


@pytest.mark.parametrize(("facts", "dimensions", "words"), [({}, 3, "box_size"), ({"box_size": 1.0}, 2, "volumes")])
def test_what_vtk_cannot_hold_is_refused_and_leaves_nothing(tmp_path, facts, dimensions, words):
    with pytest.raises(InvalidInputError, match=words):
        write_fields(tmp_path / "a.vti", np.ones((4, 4, 4), dtype=np.float32), facts, dimensions=dimensions)
    assert not list(tmp_path.iterdir())
