#include <sys/wait.h>
#include <iostream>

#include "core/store/project_store.hpp"
#include "temp_project.hpp"

namespace dgxp {
namespace {

std::string text_of(const Result<Bytes>& content) {
  return content ? std::string(as_text(*content)) : content.error().message;
}

TEST_CASE("read_plain_file gives the bytes of a file or a pipe, or says why not") {
  const TempProject project;
  project.put("file", "hello");
  CHECK(text_of(read_plain_file(project.at("file"), 5)) == "hello");
  const auto message = [&](const std::string& path, std::size_t max) {
    return project.anonymous(said(read_plain_file(project.at(path), max)));
  };
  CHECK(message("file", 4) == "cannot read 'P/file': it is larger than 4 bytes");
  CHECK(read_plain_file(project.at("file"), 4).error().kind == ErrorKind::input);
  CHECK(message("missing", 4) == "cannot read 'P/missing': No such file or directory");
  CHECK(read_plain_file(project.at("missing"), 4).error().kind == ErrorKind::storage);
  CHECK(message("", 4) == "cannot read 'P/': Is a directory");
  CHECK(said(read_plain_file("/dev/zero", 100000)) ==
        "cannot read '/dev/zero': it is larger than 100000 bytes");
}

TEST_CASE("write_plain_file replaces whole files, follows the link that the user named") {
  const TempProject project;
  CHECK(said(write_plain_file(project.at("new"), as_bytes("one"))) == "ok");
  CHECK(project.get("new") == "one");
  project.put("real", "old");
  REQUIRE(::chmod(project.at("real").c_str(), 0640) == 0);
  std::filesystem::create_symlink("real", project.at("link"));
  CHECK(said(write_plain_file(project.at("link"), as_bytes("two"))) == "ok");
  CHECK(project.get("real") == "two");
  CHECK((project.status("real").st_mode & 0777) == 0640);
  CHECK(S_ISLNK(project.status("link").st_mode));
  CHECK(project.names("") == std::vector<std::string>{"link", "new", "real"});
}

TEST_CASE("write_plain_file does not touch a file that holds these bytes already") {
  const TempProject project;
  project.put("file", "same");
  const auto before = project.status("file");
  CHECK(said(write_plain_file(project.at("file"), as_bytes("same"))) == "ok");
  CHECK(same_file_state(before, project.status("file")));
}

TEST_CASE("write_plain_file writes to devices as they are and says what cannot be written") {
  const TempProject project;
  CHECK(said(write_plain_file("/dev/null", as_bytes("x"))) == "ok");
  CHECK(std::filesystem::is_character_file("/dev/null"));
  CHECK(said(write_plain_file("/dev/full", as_bytes("x"))) ==
        "cannot write '/dev/full': No space left on device");
  CHECK(project.anonymous(said(write_plain_file(project.folder(), as_bytes("x")))) ==
        "cannot write 'P': Is a directory");
  CHECK(project.anonymous(said(write_plain_file(project.at("no/file"), as_bytes("x")))) ==
        "cannot write 'P/no/file': No such file or directory");
}

TEST_CASE("'-' is standard input and standard output") {
  const TempProject project;
  project.put("in", "through the pipe");
  std::cout.flush();  // a sanitizer's _exit writes what the child inherits
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::dup2(::open(project.at("in").c_str(), O_RDONLY), STDIN_FILENO);
    ::dup2(::open(project.at("out").c_str(), O_WRONLY | O_CREAT, 0600), STDOUT_FILENO);
    const auto content = read_plain_file("-", 100);
    ::_exit(content && write_plain_file("-", *content) ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK(project.get("out") == "through the pipe");
}

}  // namespace
}  // namespace dgxp
