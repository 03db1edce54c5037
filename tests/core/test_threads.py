"""Models, runners and `simulate` work in threads other than the main one."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import brainpy
import brainpy.math as bm
import numpy as np

import ratezoo


def last_rate(dt):
    net = ratezoo.WilsonCowan(dt=dt)
    return float(ratezoo.simulate(net, 100.0)['E'][-1, 0])


def test_runs_in_threads_are_those_of_the_main_thread_and_keep_their_own_dt():
    steps = [0.05, 0.1, 0.2, 0.4] * 2
    expected = [last_rate(dt) for dt in steps]
    assert len(set(expected)) == 4
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(last_rate, steps)) == expected


def test_a_thread_begins_with_the_present_settings_and_then_has_its_own():
    bm.set_dt(0.02)

    def change():
        before = bm.get_dt(), ratezoo.LinearRNN().dt, ratezoo.LinearRNN().dtype
        bm.set_dt(0.5)
        return before

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(change).result() == (0.02, 0.02, np.float64)
    settings_of_each_thread = tuple(map(int, brainpy.__version__.split('.')[:2])) >= (2, 7)
    assert bm.get_dt() == (0.02 if settings_of_each_thread else 0.5)


def test_runner_and_rule_in_a_thread():
    def train():
        net = type('Net', (ratezoo.RTRL, ratezoo.RateRNN), {})(1, 4, 1, seed=0)
        runner = ratezoo.Runner(net, monitors=['r', 'p_W'], progress_bar=False)
        runner.run(inputs=np.ones((5, 1)))
        return np.asarray(runner.mon.p_W), net.gradient(np.ones((5, 1)), np.zeros((5, 1)))[0]

    with ThreadPoolExecutor(1) as pool:
        traces, loss = pool.submit(train).result()
    again, same = train()
    np.testing.assert_array_equal(traces, again)
    assert loss == same


def test_a_thread_may_be_the_first_that_imports_a_model():
    code = (
        'import threading, ratezoo, brainpy\n'
        'def work(): print(ratezoo.simulate(ratezoo.LinearRNN(), 0.3)["r"].shape)\n'
        't = threading.Thread(target=work); t.start(); t.join(); work()'
    )
    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, timeout=120)
    assert done.stdout.split('\n')[:2] == ['(3, 1)', '(3, 1)'], done.stderr
