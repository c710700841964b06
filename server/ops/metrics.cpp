#include "server/ops/metrics.h"

#include <algorithm>
#include <cassert>
#include <cstdio>
#include <map>

namespace matinee::ops {
namespace {

std::string number(double value) {
  char text[40];
  const int length = std::snprintf(text, sizeof text, "%.17g", value);
  return std::string(text, static_cast<std::size_t>(length));
}

std::string escaped(std::string_view help) {  // the format escapes these two in HELP
  std::string text;
  for (char c : help) text += c == '\n' ? std::string("\\n") : c == '\\' ? std::string("\\\\") : std::string(1, c);
  return text;
}

}  // namespace

Counter& Metrics::counter(std::string_view name, std::string_view help, std::string_view labels) {
  Counter& cell = counters_.emplace_back();
  add(name, help, true, {std::string(labels), [&cell] { return static_cast<double>(cell.value()); }});
  return cell;
}

Gauge& Metrics::gauge(std::string_view name, std::string_view help, std::string_view labels) {
  Gauge& cell = gauges_.emplace_back();
  add(name, help, false, {std::string(labels), [&cell] { return static_cast<double>(cell.value()); }});
  return cell;
}

void Metrics::gauge_of(std::string_view name, std::string_view help, std::function<double()> read) {
  add(name, help, false, {{}, std::move(read)});
}

void Metrics::counter_of(std::string_view name, std::string_view help, std::function<double()> read) {
  add(name, help, true, {{}, std::move(read)});
}

void Metrics::add(std::string_view name, std::string_view help, bool counts, Cell cell) {
  auto family = std::find_if(families_.begin(), families_.end(), [&](const Family& f) { return f.name == name; });
  if (family == families_.end()) family = families_.insert(families_.end(), {std::string(name), std::string(help), counts, {}});
  assert(family->counts == counts);
  family->cells.push_back(std::move(cell));
}

std::string Metrics::text() const {
  std::string out;
  for (const Family& family : families_) {
    out += "# HELP " + family.name + " " + escaped(family.help) + "\n";
    out += "# TYPE " + family.name + (family.counts ? " counter\n" : " gauge\n");
    std::map<std::string_view, double> sums;
    for (const Cell& cell : family.cells) sums[cell.labels] += cell.read();
    for (const auto& [labels, sum] : sums) {
      out += family.name;
      if (!labels.empty()) out += "{" + std::string(labels) + "}";
      out += " " + number(sum) + "\n";
    }
  }
  return out;
}

}  // namespace matinee::ops
