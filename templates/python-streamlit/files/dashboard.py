"""The dashboard: Streamlit runs this file from top to bottom each time that something is chosen."""

import logging

import streamlit as st

import logs
from orders import by_month, orders, summary

logs.configure()
st.set_page_config(page_title="{{ title }}", page_icon="📊", layout="wide")


@st.cache_data
def load():
    loaded = orders()
    logging.getLogger("dashboard").info("Loaded %d orders", len(loaded))
    return loaded


data = load()

with st.sidebar:
    regions = st.multiselect("Region", sorted(data["region"].unique()))
    smallest = st.slider("Smallest amount", 0, 500, 0, step=10)

chosen = data[data["amount"] >= smallest]
if regions:
    chosen = chosen[chosen["region"].isin(regions)]

st.title("{{ title }}")
st.caption("Made-up numbers: replace `orders()` in orders.py by your own.")

figures = summary(chosen)
for column, (label, figure) in zip(st.columns(3), figures.items(), strict=True):
    column.metric(label, figure, border=True)

if chosen.empty:
    st.info("Nothing is left: choose fewer restrictions at the left.")
else:
    st.line_chart(by_month(chosen))
    st.dataframe(chosen, hide_index=True)
