#include "backends/prometheus/series.h"

#include <fmt/format.h>

namespace relc::prometheus {

std::string joined(std::initializer_list<std::string_view> parts) {
  size_t size = 0;
  for (std::string_view part : parts) size += part.size();
  std::string out;
  out.reserve(size);
  for (std::string_view part : parts) out += part;
  return out;
}

std::string promDuration(model::Decimal seconds) {
  return promql::formatDuration(
      static_cast<int64_t>(model::multiply(seconds, 1000).value_or(seconds).toDouble()));
}

Identity identityOf(bool sloth, std::string_view ownerLabel, std::string_view owner,
                    std::string_view slo) {
  Identity identity;
  if (sloth) {
    identity.names = &slothNames;
    identity.labels = {{"sloth_id", fmt::format("{}-{}", owner, slo)},
                       {"sloth_service", std::string(owner)},
                       {"sloth_slo", std::string(slo)}};
  } else {
    identity.labels = {{std::string(ownerLabel), std::string(owner)}, {"slo", std::string(slo)}};
  }
  for (const auto& [name, value] : identity.labels)
    identity.selector +=
        fmt::format("{}{}={}", identity.selector.empty() ? '{' : ',', name, promql::quote(value));
  identity.selector += '}';
  return identity;
}

} // namespace relc::prometheus
