from streamlit.testing.v1 import AppTest


def test_it_shows_all_orders_at_first() -> None:
    app = AppTest.from_file("../dashboard.py", default_timeout=30).run()
    assert not app.exception
    assert app.title[0].value == "{{ title }}"
    assert app.metric[0].value == "1,000"


def test_filters_leave_fewer() -> None:
    app = AppTest.from_file("../dashboard.py", default_timeout=30).run()
    app.sidebar.multiselect[0].select("North").run()
    assert 0 < int(app.metric[0].value.replace(",", "")) < 1_000
    app.sidebar.slider[0].set_value(500).run()
    app.sidebar.multiselect[0].set_value(["North"]).run()
    assert not app.exception
