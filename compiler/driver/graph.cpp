// `relc graph`: the system, or what one journey needs, as a picture.

#include "backends/graph/graph.h"
#include "compiler/diagnostics/render.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/naming.h"
#include "compiler/driver/session.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

namespace relc::driver {
namespace {

using model::EntityId;
using schema::Kind;
using schema::KindSet;

struct Form {
  std::string_view name;
  std::string_view ending;
  graph::Format format;
};
constexpr Form forms[] = {
    {"dot", ".dot", graph::Format::Dot},         {"dot", ".gv", graph::Format::Dot},
    {"mermaid", ".mmd", graph::Format::Mermaid}, {"mermaid", ".mermaid", graph::Format::Mermaid},
    {"svg", ".svg", graph::Format::Svg},
};

constexpr KindSet ranks[] = {KindSet{Kind::journey}, schema::components, KindSet{Kind::operation}};

graph::Format formOf(const Invocation& invocation) {
  const std::string_view name = invocation.value("format"), file = invocation.value("output");
  for (const Form& form : forms)
    if (name.empty() ? file.ends_with(form.ending) : form.name == name) return form.format;
  return graph::Format::Dot;
}

/// What to draw instead of a graph that is too large.
std::string journeysOf(const model::Model& model) {
  std::vector<std::string> names;
  for (EntityId journey : model.all(Kind::journey))
    names.push_back(fmt::format("`--root {}`", model.path(journey)));
  return names.empty() ? std::string("`--root` draws a part of it")
                       : fmt::format("a journey at a time is smaller: {}", joined(names, "or", 5));
}

bool writeFile(const std::string& path, std::string_view text) {
  std::error_code unused;
  if (std::filesystem::is_directory(path, unused)) {
    print(stderr, fmt::format("relc: cannot write `{}`: it is a folder\n", path));
    return false;
  }
  errno = 0;
  std::ofstream file(path, std::ios::binary);
  file.write(text.data(), std::streamsize(text.size()));
  file.close();
  if (file) return true;
  print(stderr, fmt::format("relc: cannot write `{}`: {}\n", path, std::strerror(errno)));
  return false;
}

} // namespace

int runGraph(const Invocation& invocation) {
  const auto settings = settingsOf(invocation);
  auto compilation = settings ? compileAt(invocation.argument(0, "."), *settings) : nullptr;
  if (!compilation) return ExitUnusable;
  const model::Model& model = compilation->model;

  graph::PictureOptions options;
  options.format = formOf(invocation);
  options.operations = invocation.has("operations");
  options.domains = !invocation.has("no-domains");
  options.version = RELC_VERSION;
  if (invocation.has("root")) {
    const Named named = findNamed(model, invocation.value("root"), ranks);
    if (!named.id.valid()) {
      print(stderr, fmt::format("relc: {}\n", named.error));
      return ExitUnusable;
    }
    options.root = named.id;
  }
  const graph::Picture picture = graph::draw(model, compilation->sources, options);
  if (picture.text.empty()) {
    print(stderr,
          picture.tooLarge
              ? fmt::format("relc: {} things and {} lines take minutes to lay out, so there is no "
                            "picture of them; {}, and `--format dot` has all of it\n",
                            picture.nodes, picture.edges, journeysOf(model))
              : fmt::format("relc: Graphviz cannot lay this out; `--format dot` and `--format "
                            "mermaid` have all of it\n"));
    return ExitUnusable;
  }
  if (!invocation.has("output"))
    print(stdout, picture.text);
  else if (!writeFile(std::string(invocation.value("output")), picture.text))
    return ExitUnusable;
  // The picture is of what could be understood; who looks at it should know that there is more.
  if (compilation->hasErrors())
    print(stderr, fmt::format("relc: {}; `relc check` tells more\n",
                              diagnostics::summaryLine(compilation->findings)));
  return exitStatus(*compilation, *settings);
}

} // namespace relc::driver
