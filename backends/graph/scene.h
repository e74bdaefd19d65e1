#pragma once
// What a picture of the system shows, before anybody has decided how it looks: things, the failure
// domains around them, lines between them. Private to this backend.

#include "compiler/model/model.h"
#include "compiler/reliability/weak_points.h"

#include <string>
#include <vector>

namespace relc::graph {

inline constexpr uint32_t none = UINT32_MAX;

enum class Shape : uint8_t { Journey, Service, Datastore, Queue, Cache, Vendor, Operation, Group };

/// What a line means: that whoever is at its beginning …
enum class Line : uint8_t {
  Need,     ///< is down without what is at its end
  Absorbed, ///< is down without it only after some time
  Use,      ///< is degraded without it
  Part,     ///< is a part of it
};

/// A failure domain.
struct Box {
  std::string title;
  std::vector<std::string> tooltip;
  uint32_t parent = none; ///< stands before it
  bool weak = false;      ///< a single point of failure
};

struct Node {
  Shape shape = Shape::Service;
  uint32_t box = none;
  std::string title;
  std::vector<std::string> lines;   ///< below the title
  std::vector<std::string> tooltip; ///< more, for who asks
  std::string link;                 ///< http or https, or empty
  bool weak = false;
  bool accepted = false; ///< somebody has taken that upon them, for now
};

struct Edge {
  uint32_t from = none, to = none;
  Line line = Line::Need;
  std::string label;
  std::vector<std::string> tooltip;
};

/// All texts are short, on one line each, valid UTF-8 and without characters that nobody sees.
struct Scene {
  std::string title, description;
  std::vector<Box> boxes;
  std::vector<Node> nodes;
  std::vector<Edge> edges;
};

/// What stands directly in each box, by box + 1; what stands in none first.
struct Nesting {
  explicit Nesting(const Scene& scene);
  std::vector<std::vector<uint32_t>> boxes, nodes;
};

struct View {
  model::EntityId root;    ///< it and what it needs and uses; not valid: everything
  bool operations = false; ///< else they are folded into their component
  bool domains = true;
};

/// `weak` must know the root.
Scene sceneOf(const model::Model& model, const source::SourceManager& sources, const View& view,
              const reliability::WeakPoints& weak);

/// What a mark of a single point of failure says.
inline std::string markOf(bool accepted) {
  return accepted ? "single point of failure, accepted" : "single point of failure";
}

} // namespace relc::graph
