#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/project.hpp"
#include "manifests/worker_config.hpp"

namespace dgxp {

// One function a verb: it does the work, says what it did and returns the exit code. Defaults stand
// here; cli/verbs fills the rest in from the command line.

struct BuildArguments {
  std::string manifest = "assets.yaml";
  std::string worker;
  std::string worker_folder;
  std::string progress = "line";  ///< or "json"
  std::string plan;               ///< a file saved by `plan -o`, to be applied as it is
  bool locked = false;
  bool overwrite_edited = false;
  bool repack = false;
  bool no_fsync = false;
  int lock_timeout_seconds = 60;
};
int run_build_command(const Context& context, const BuildArguments& arguments);

struct WatchArguments {
  std::string manifest = "assets.yaml";
  std::string worker;
  std::string worker_folder;
  std::string events = "text";  ///< or "jsonl"
  bool exit_on_stdin_eof = false;
  bool no_fsync = false;
  int poll_ms = 0;  ///< look at files so often, without events of the kernel; 0 = no
};
int run_watch_command(const Context& context, const WatchArguments& arguments);

struct PlanArguments {
  std::string manifest = "assets.yaml";
  std::string worker;
  std::string output;
  bool detailed_exit_code = false;
  bool overwrite_edited = false;
};
int run_plan_command(const Context& context, const PlanArguments& arguments);

struct CheckArguments {
  std::string manifest = "assets.yaml";
  bool no_placeholders = false;
  bool sarif = false;
};
int run_check_command(const Context& context, const CheckArguments& arguments);

struct LintArguments {
  std::vector<std::string> sprites;
  std::string manifest = "assets.yaml";
  bool sarif = false;
  bool strict = false;
};
int run_lint_command(const Context& context, const LintArguments& arguments);

struct JobsArguments {
  std::string worker;
  std::vector<std::string> ids;  ///< ids or beginnings of ids
  std::string previews;          ///< a folder for pictures of what is not finished
  bool follow = false;           ///< watch until interrupted
  bool all = false;              ///< cancel every job that is not finished
};
int run_jobs_ls_command(const Context& context, const JobsArguments& arguments);
int run_jobs_watch_command(const Context& context, const JobsArguments& arguments);
int run_jobs_cancel_command(const Context& context, const JobsArguments& arguments);

struct ModelsArguments {
  std::string worker;
};
int run_models_command(const Context& context, const ModelsArguments& arguments);

struct WireArguments {
  std::string listen;
  std::string worker;
  std::string record;  ///< the file to write
  std::string file;    ///< the recording to replay
};
int run_wire_tap_command(const Context& context, const WireArguments& arguments);
int run_wire_replay_command(const Context& context, const WireArguments& arguments);

struct StatusArguments {
  std::string manifest = "assets.yaml";
  std::string worker;
};
int run_status_command(const Context& context, const StatusArguments& arguments);

struct ExplainArguments {
  std::vector<std::string> sprites;
  std::string manifest = "assets.yaml";
  std::string worker;
};
int run_explain_command(const Context& context, const ExplainArguments& arguments);

struct RerollArguments {
  std::vector<std::string> sprites;
  std::string manifest = "assets.yaml";
  bool overwrite_edited = false;
};
int run_reroll_command(const Context& context, const RerollArguments& arguments);

struct AdoptArguments {
  std::vector<std::string> sprites;
  std::string manifest = "assets.yaml";
  bool all = false;
  bool redraw = false;
};
int run_adopt_command(const Context& context, const AdoptArguments& arguments);

struct PreviewArguments {
  std::vector<std::string> sprites;
  std::string manifest = "assets.yaml";
  std::string sheet;
  int scale = 4;
};
int run_preview_command(const Context& context, const PreviewArguments& arguments);

struct CleanArguments {
  std::string manifest = "assets.yaml";
  bool dry_run = false;
};
int run_clean_command(const Context& context, const CleanArguments& arguments);

struct InitArguments {
  std::string folder = ".";
};
int run_init_command(const Context& context, const InitArguments& arguments);

struct DoctorArguments {
  std::string manifest = "assets.yaml";
  std::string worker;
};
int run_doctor_command(const Context& context, const DoctorArguments& arguments);

/// For the verb in cli/worker.
struct WorkerArguments {
  std::string config;                ///< a file, or empty
  std::vector<std::string> headers;  ///< "Name: value", for the backend
  WorkerConfig options;              ///< what goes before it
};

struct KeygenArguments {
  std::string folder = ".";
  std::string name = "dgxp";
};
int run_keygen_command(const Context& context, const KeygenArguments& arguments);

// On plain files.

struct RecoverArguments {
  std::vector<std::string> inputs;  ///< one image, or with `refresh` sprites
  std::string output;
  std::string palette;
  std::string background = "none";
  std::string key;
  std::string manifest = "assets.yaml";
  std::string explain;  ///< the PNG to draw the found grid into, or empty
  std::optional<double> grid;
  std::vector<int> offset;  ///< x y, or empty
  std::vector<int> size;    ///< width height in cells, or empty
  int alpha = 128;
  int despeckle = 0;
  bool holes = false;
  std::string metric = "recover";
  std::string dither = "none";
  bool refresh = false;
  bool overwrite_edited = false;
};
int run_recover_command(const Context& context, const RecoverArguments& arguments);

struct RecolorArguments {
  std::vector<std::string> inputs;
  std::string output;  ///< a folder where there are several
  std::string palette;
  std::string from;
  std::vector<std::string> map;  ///< "#a53030=#3c5e8b"
  std::string metric = "oklab";
  std::string dither = "none";
  bool fast = false;
};
int run_recolor_command(const Context& context, const RecolorArguments& arguments);

struct PackArguments {
  std::vector<std::string> inputs;
  std::string output;  ///< of the first page; the sheet's JSON stands beside it
  int padding = 2;
  int extrude = 1;
  int max_size = 2048;
  bool grid = false;
  bool power_of_two = false;
};
int run_pack_command(const Context& context, const PackArguments& arguments);

struct PaletteArguments {
  std::string action;  ///< "show", "convert", "extract", "compare"
  std::vector<std::string> inputs;
  std::string output;
  std::string extend;  ///< extract: the palette file whose colours stay, or ""
  int colors = 16;
};
int run_palette_command(const Context& context, const PaletteArguments& arguments);

struct TemplateArguments {
  std::string action;  ///< "ls", "show", "check"
  std::string input;   ///< the name of a built-in, or for check a graph's file
  std::string comfy;   ///< the URL of a ComfyUI, or empty
  bool binding = false;
};
int run_template_command(const Context& context, const TemplateArguments& arguments);

}  // namespace dgxp
