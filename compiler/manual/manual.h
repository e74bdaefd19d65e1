#pragma once
// The reference manual, docs/reference: written from the tables of kinds, attributes, forms and
// checks and from the comments of the standard library. `relc explain` shows the same text.
//
// Markdown throughout, so that there is one text of everything: pages are its parts put together,
// and terminal.h lays the parts out for a terminal. Texts of the tables are Markdown themselves.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace relc::manual {

/// A page of docs/reference; the path is relative to that folder.
struct Page {
  std::string path;
  std::string text;
};

/// The pages that hold nothing but what tables and modules say: kinds/*.md, std/*.md, checks.md.
std::vector<Page> writtenPages();

/// The folders of docs/reference that hold nothing else.
inline constexpr std::string_view writtenFolders[] = {"kinds", "std"};

/// A page that people write and that has parts from the tables, between `<!-- written: NAME -->`
/// and
/// `<!-- end -->`: the same page with these parts as they are now. `fail` hears what is wrong with
/// the marks.
std::string refreshed(const Page& page, const std::function<void(std::string)>& fail);

/// What a name stands for, as Markdown with a heading.
struct Topic {
  std::string name;
  std::string text;
};

/// Everything that is called so: a check by code or name, a kind (`service`, `rotation.layer`), an
/// attribute (`replicas`, `service.replicas`), a form or its parameter (`kill`, `latency.delay`), a
/// sort of value or a part of the language (`duration`, `profiles`), a module (`std.http`) or what
/// it declares (`std.http.availability`, `http.availability`). Empty if nothing is.
std::vector<Topic> explain(std::string_view name);

/// What there is to be explained besides checks, a line each: kinds, forms, parts of the language,
/// modules.
struct Contents {
  std::string title;
  std::vector<Topic> topics;
};
std::vector<Contents> contents();

/// All names that `explain` knows, for "did you mean".
std::vector<std::string> names();

} // namespace relc::manual
