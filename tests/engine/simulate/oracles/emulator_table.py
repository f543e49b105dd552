"""Make ``emulator_table.json``: nonlinear over linear power of PKDGRAV3 simulations, by EuclidEmulator2.

The emulator (Euclid Collaboration: Knabenhans et al. 2021, MNRAS 505, 2840) interpolates N-body runs of PKDGRAV3, a
tree code that shares nothing with ours, to 1 % for 0.01 < k < 10 h/Mpc.  To make the table again (needs the GNU
Scientific Library):

    python3 -m venv --without-pip ENV && pip --python ENV/bin/python install euclidemu2==1.4.3
    python tests/engine/simulate/oracles/emulator_table.py ENV/bin/python
"""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np

from cosmoloom.cosmology import Cosmology
from cosmoloom.simulate.plan import STANDARD_REDSHIFTS

K = np.round(np.geomspace(0.02, 5.0, 80), 5)

_EMULATE = """
import json, sys
import numpy as np
from euclidemu2 import PyEuclidEmulator
told = json.loads(sys.argv[1])
k, boost = PyEuclidEmulator().get_boost(told["cosmology"], told["redshifts"], np.array(told["k"]))
print(json.dumps([[float(f"{b:.5g}") for b in boost[i]] for i in range(len(told["redshifts"]))]))
"""


def primordial_amplitude(c: Cosmology) -> float:
    """Return A_s at 0.05 / Mpc that gives the cosmology its sigma_8, without neutrino masses."""
    import camb

    guess = 2e-9
    parameters = camb.set_params(
        H0=100 * c.h, ombh2=c.Omega_b * c.h**2, omch2=(c.Omega_m - c.Omega_b) * c.h**2, omk=0.0, mnu=0.0,
        num_massive_neutrinos=0, ns=c.n_s, As=guess,
    )  # fmt: skip
    parameters.set_matter_power(redshifts=[0.0], kmax=60.0)
    return guess * (c.sigma_8 / float(camb.get_results(parameters).get_sigma8_0())) ** 2


def main(python: str) -> None:
    c = Cosmology()
    cosmology = {
        "As": primordial_amplitude(c), "ns": c.n_s, "Omb": c.Omega_b, "Omm": c.Omega_m, "h": c.h, "mnu": 0.0,
        "w": -1.0, "wa": 0.0,
    }  # fmt: skip
    told = {"cosmology": cosmology, "redshifts": list(STANDARD_REDSHIFTS), "k": K.tolist()}
    done = subprocess.run([python, "-c", _EMULATE, json.dumps(told)], check=True, capture_output=True, text=True)
    table = {
        "code": "euclidemu2 1.4.3", "cosmology": c.as_dict(), "redshifts": STANDARD_REDSHIFTS, "k": K.tolist(),
        "nonlinear over linear power": json.loads(done.stdout.splitlines()[-1]),
    }  # fmt: skip
    Path(__file__).with_suffix(".json").write_text(json.dumps(table) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
