// Every chart is drawn from the table beneath it: one set of figures, read by eyes, by screen readers and by this script.
//   <figure data-chart="bars|rows|lines"> … <table> first column: names; further columns: one series each.
//   th: data-colour="voucher" (a token), data-type="line", data-stack="name", data-dash; td: data-value (a plain number).
"use strict";
(() => {
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const ORDER = ["civic", "voucher", "amber", "red", "muted", "green"];
  const number = (cell) => (cell.dataset.value === undefined || cell.dataset.value === "" ? null : Number(cell.dataset.value));

  function read(table) {
    const head = [...table.tHead.rows[0].cells].slice(1);
    const rows = [...table.tBodies[0].rows];
    return {
      names: rows.map((row) => row.cells[0].textContent.trim()),
      series: head.map((cell, column) => ({
        name: cell.textContent.trim(),
        ...cell.dataset,
        values: rows.map((row) => number(row.cells[column + 1])),
        texts: rows.map((row) => row.cells[column + 1].textContent.trim()),
      })).filter((one) => one.values.some((value) => value !== null)),
    };
  }

  function looks() {
    const text = { color: token("muted"), fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 14 };
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    return {
      text,
      base: { textStyle: text, animation: !still, animationDuration: 150, aria: { enabled: true }, grid: { left: 8, right: 16, top: 40, bottom: 8, containLabel: true } },
      line: { lineStyle: { color: token("line") } },
      rule: { splitLine: { lineStyle: { color: token("line") } }, axisLabel: { ...text, hideOverlap: true } },
      // words are drawn on the canvas: a tooltip made of HTML would carry styles that the content policy forbids
      tip: { renderMode: "richText", trigger: "axis", confine: true, backgroundColor: token("raised"), borderColor: token("line"), textStyle: { ...text, color: token("ink") } },
    };
  }

  // How many lines the names of the series take: the picture begins below them.
  const wide = (text) => [...text].reduce((sum, sign) => sum + (sign.codePointAt(0) > 255 ? 14 : 8), 0);
  const lines = (data, width) => Math.ceil(data.series.reduce((sum, one) => sum + wide(one.name) + 38, 0) / width);
  // Names beside lying bars have the width of the longest, at most nine twentieths of the picture, and as many lines of
  // one length as that takes.
  const LINE = 17;
  const room = (data, width) => Math.min(Math.round(width * 0.45), 8 + Math.max(...data.names.map(wide)));
  const folded = (name, space) => {
    const even = wide(name) / Math.ceil(wide(name) / space);
    let line = 0;
    return (name.match(/[\u3000-\uffef]|[^\u3000-\uffef\s]+|\s+/g) || []).reduce((said, part) => {
      const turns = line > 0 && line + wide(part) / 2 > even;
      line = turns ? wide(part) : line + wide(part);
      return said + (turns ? "\n" : "") + part;
    }, "");
  };
  const bar = (data, width) => Math.max(30, 8 + LINE * Math.max(...data.names.map((name) => Math.ceil((wide(name) + 8) / room(data, width)))));

  function graph(kind, data, width, most, unit) {
    const look = looks();
    const lying = kind === "rows";
    const told = lying && data.series.length === 1; // one series has room for its figures, at the ends of its bars
    const names = { type: "category", data: data.names, axisLine: look.line, axisTick: { show: false }, axisLabel: lying ? { ...look.text, width: room(data, width), overflow: "break", lineHeight: LINE, formatter: (name) => folded(name, room(data, width)) } : look.text, inverse: lying };
    // counts have no halves, a share ends at the whole, and an axis says its unit
    const whole = data.series.every((one) => one.values.every((value) => value === null || Number.isInteger(value)));
    const values = {
      type: "value", show: !told, splitNumber: lying ? 3 : 5, max: most, interval: most === undefined ? undefined : most / 4, minInterval: whole ? 1 : undefined, ...look.rule,
      axisLabel: { ...look.rule.axisLabel, formatter: unit ? `{value} ${unit}` : undefined },
    };
    return {
      ...look.base,
      grid: { ...look.base.grid, right: told ? 24 + Math.max(...data.series[0].texts.map(wide)) : look.base.grid.right, top: data.series.length > 1 ? 18 + 22 * lines(data, width) : 12 },
      legend: data.series.length > 1 ? { top: 0, left: 0, textStyle: look.text, itemWidth: 14, itemHeight: 10 } : undefined,
      tooltip: { ...look.tip, formatter: (at) => [data.names[at[0].dataIndex], ...at.map((one) => `${one.seriesName}  ${data.series[one.seriesIndex].texts[one.dataIndex]}`)].join("\n") },
      xAxis: lying ? values : names,
      yAxis: lying ? names : values,
      series: data.series.map((one, index) => {
        const colour = token(one.colour || ORDER[index % ORDER.length]);
        const line = kind === "lines" || one.type === "line";
        return {
          name: one.name, type: line ? "line" : "bar", data: one.values, stack: one.stack, barMaxWidth: 28, symbolSize: 5, showSymbol: one.dash === undefined && one.values.length < 40, connectNulls: false,
          label: told ? { show: true, position: "right", ...look.text, color: token("ink"), formatter: (at) => one.texts[at.dataIndex] } : undefined,
          itemStyle: { color: colour, borderRadius: line || one.stack ? 0 : lying ? [0, 3, 3, 0] : [3, 3, 0, 0] },
          lineStyle: { color: colour, width: 2, type: one.dash === undefined ? "solid" : "dashed" },
          areaStyle: one.area === undefined ? undefined : { color: colour, opacity: 0.12 },
        };
      }),
    };
  }

  const drawn = [];
  function draw(figure) {
    const data = read(figure.querySelector("table"));
    const canvas = figure.querySelector(".canvas");
    if (!data.names.length || !data.series.length) return;
    canvas.hidden = false;
    const kind = figure.dataset.chart;
    if (kind === "rows") canvas.style.height = `${Math.max(160, 56 + data.names.length * bar(data, canvas.clientWidth))}px`;
    const picture = echarts.getInstanceByDom(canvas) || echarts.init(canvas, null, { renderer: "canvas" });
    picture.setOption(graph(kind, data, canvas.clientWidth, figure.dataset.most ? Number(figure.dataset.most) : undefined, figure.dataset.unit), true);
    figure.querySelector("details").open = false;
    drawn.push(picture);
  }

  const all = () => document.querySelectorAll("figure[data-chart]").forEach(draw);
  all();
  addEventListener("resize", () => drawn.forEach((picture) => picture.resize()));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", all);
})();
