"""What the text of each lecture says of its numbers, as code that runs in the lecture's kernel after its last cell.

The tests and the build of the site run it.
"""

SAID = {
    'spikes-to-rates': """
assert np.allclose(measured[:3], formula[:3], rtol=0.05) and np.allclose(measured, formula, rtol=0.2)
for error in errors.values():
    assert 0.9 < np.polyfit(np.log(ratio[:4]), np.log(error[:4]), 1)[0] < 1.1 and error[-1] > 0.5
assert np.allclose(r_full, r_rate, atol=1e-6) and np.allclose(r_full, r_current, atol=1e-6)
for part in (slice(500, 1000), slice(1500, 2000)):
    assert np.isclose(np.mean(both.spiking['rate'][part]), np.mean(both.predicted['r'][part]), rtol=0.04)
rise = slice(1000, 1200)  # the neurons respond earlier than the model
assert np.mean(both.spiking['rate'][rise]) > np.mean(both.predicted['r'][rise]) + 1
fast_synapse, fast_membrane = three_models(1.0, 10.0), three_models(10.0, 1.0)
for (full, rates, currents), better, worse in ((fast_synapse, 1, 2), (fast_membrane, 2, 1)):
    off = [np.abs(model - full).max() for model in (full, rates, currents)]
    assert off[better] < 0.3 * off[worse]
""",
    'homework-watched': """
assert np.abs(p_w - difference_w).max() < 1e-8 and np.abs(p_b - difference_b).max() < 1e-8
assert np.allclose(p_b, dt * steps)
assert losses[0] > 1 and losses[10] < 0.05 * losses[0] and surface.min() < losses[210] < losses[10]
distance = [np.hypot(w - w_grid[best], b - b_grid[best]) for w, b in path]
assert distance[10] > 0.5 * distance[0] and losses[10] > 3 * surface.min()
assert np.isclose(-eta * np.mean(error_before * p_w), first_dw(x, y)[0])
assert 2.4 < np.median(factors) < 2.55
assert 0.03 < trapped / exact - 1 < 0.04 and 0.95 < slope < 1.05
assert np.median(times['bp.DSRunner'][1:]) > 5 * np.median(times['rz.Runner'][1:])
assert np.isclose(notebook['w'], 0.85) and float(pw.value[0]) == 0
""",
    'fixed-points': """
assert np.allclose(slope_of_r, 1 / (1 - ws) ** 2, atol=1e-7)
assert 1.95 < slope < 2.05 and min(errors) < 1e-9 and errors[-1] > 3 * min(errors)
stable, unstable = runs['stable'], runs['unstable']
r, v = float(stable['r'][-1, 0]), float(stable['v'][-1, 0])
assert abs(r - 0.96) < 0.005 and abs(v - (r - 0.5) / (1 - 2 * (1 - r**2))) < 0.01
assert (unstable['r'] == 0).all() and abs(unstable['v'][-1, 0]) > 1e3
assert all(np.linalg.norm(implicit[k] - g) < 1e-9 * np.linalg.norm(g) for k, g in backprop.items())
assert (J[np.triu_indices(15, 1)] == 0).all() and (np.diag(J) == -1).all()
assert reached[3] < reached[2] < reached[1]
""",
    'equilibrium-propagation': """
assert (np.diff(free['E']) < 1e-12).all()
assert abs(nudged['r'][-1, 6] - y[0]) > abs(free['r'][-1, 6] - y[0])
for (name, curve), power in zip(curves.items(), (1, 2, 4)):
    assert abs(np.polyfit(np.log(lams[2:6]), np.log(curve[2:6]), 1)[0] - power) < 0.05, name
steps_of_log = np.diff(np.log(circle)) / np.diff(points)
assert (steps_of_log < -0.5).all() and steps_of_log.min() > 2 * steps_of_log.max()
assert off_by_rule['VectorFieldEP'][-1] > 0.5 and max(off_by_rule['AsymmetricEP']) < 1e-5
assert caught[0].category is rz.errors.InaccurateGradientWarning
assert np.allclose(*(h.loss for h in histories.values()), rtol=1e-2) and histories['exact gradient'].loss[-1] < 1e-3
product_of_inputs = np.outer(side, side)  # the four quadrants
assert (output * product_of_inputs)[np.abs(product_of_inputs) > 0.1].min() > 0
""",
    'rtrl-and-bptt': """
assert all(np.linalg.norm(by_rtrl[k] - g) < 1e-12 * np.linalg.norm(g) for k, g in by_bptt.items())
assert np.isclose(terms.sum(), p[-1], rtol=1e-10) and np.abs(terms[:15]).max() < 0.1 * np.abs(terms).max()
exponent = lambda costs, at: np.polyfit(np.log(at), np.log(costs[:, 1]), 1)[0]
assert exponent(over_n['RTRL'], ns) > 2 and exponent(over_n['BPTT'], ns) < 1.5
assert abs(exponent(over_T['RTRL'], Ts)) < 0.1 and exponent(over_T['BPTT'], Ts) > 0.8
assert over_n['RTRL'][-1, 0] > 3 * over_n['BPTT'][-1, 0]
assert np.isclose(size[0] / size[-1], 0.9**59)
""",
    'zoo': """
assert E.max() - E.min() > 0.1 and 0.5 < rhythmic.min() < 1.25
assert 8 < frequency[power.argmax()] < 13
assert exponents[0.5] < -0.3 and exponents[2.5] > 0.05
assert [p.kind for p in rz.fixed_points(net, limits=(-3, 3))] == ['unstable node']
""",
    'choosing-a-rule': """
assert accepts('RTRL', 'LinearRNN') and not accepts('EquilibriumPropagation', 'RateRNN')
assert not accepts('RFLO', 'LinearRNN') and not accepts('FORCE', 'LinearRNN')
for name in ('RTRL', 'BPTT'):
    assert result[name].relative_mse < 1e-20
assert np.allclose(result['RTRL'].loss, result['BPTT'].loss) and result['RTRL'].memory > 2 * result['BPTT'].memory
for name in ('SnAp', 'RFLO'):
    assert result[name].memory < result['BPTT'].memory and result[name].loss[-1] < 0.8 * result[name].loss[0]
    assert 0.5 < result[name].cosine[0] < 0.99 and result['UORO'].relative_mse > 1.5 * result[name].relative_mse
assert abs(result['UORO'].bias) < 0.5  # it is random
assert max(settled['ContrastiveHebbian'].cosine) < 0.999
assert settled['ContrastiveHebbian'].loss[-1] < 0.3 * settled['ContrastiveHebbian'].loss[0]
""",
}
