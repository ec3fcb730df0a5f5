#include "core/build/run_build.hpp"

#include <doctest/doctest.h>

#include "core/image/png_codec.hpp"
#include "tests/support/fake_worker.hpp"
#include "tests/support/memory_store.hpp"

using namespace dgxp;

namespace {

constexpr Rgb kRed{0xa5, 0x30, 0x30};
constexpr Rgb kGreen{0x30, 0xa5, 0x50};
constexpr Rgb kInk{0x10, 0x14, 0x1f};

/// An 8x8 figure in the palette's colours, each cell 8 raw pixels: red inside an ink frame.
Image raw_figure(Rgb fill) {
  Image raw({64, 64}, {255, 0, 255, 255});
  for (int y = 8; y < 56; ++y) {
    for (int x = 8; x < 56; ++x) {
      const bool is_rim = x < 16 || y < 16 || x >= 48 || y >= 48;
      raw.at(x, y) = opaque(is_rim ? kInk : fill);
    }
  }
  return raw;
}

MasterSpec still(const std::string& id) {
  MasterSpec master;
  master.id = id;
  master.path = "art/" + id + ".png";
  master.frame_size = {8, 8};
  master.palette = "ember";
  master.prompt = id;
  master.style.render_scale = 8;
  return master;
}

SpriteSpec sprite_of(const MasterSpec& master) {
  SpriteSpec sprite;
  sprite.id = master.id;
  sprite.size = master.frame_size;
  sprite.palette = master.palette;
  sprite.rows.push_back({.master = master.id, .durations = {0}});
  return sprite;
}

/// Two sprites, one atlas, one Bevy output; everything a build needs in memory.
struct Project {
  ProjectSpec spec;
  MemoryStore store;
  Lock lock;
  std::string lock_text;
  WorkerLog log;
  std::string failing;  ///< id of the job that the worker fails
  Rgb fill = kRed;

  Project() {
    spec.name = "test";
    spec.palettes.push_back({.name = "ember", .colors = {kInk, kRed, kGreen}});
    for (const char* id : {"axe", "sword"}) {
      spec.masters.push_back(still(id));
      spec.sprites.push_back(sprite_of(spec.masters.back()));
    }
    spec.atlases.push_back({.name = "items", .sprites = {"axe", "sword"}});
    spec.outputs.push_back({.dir = "out"});
  }

  BuildRequest request(BuildMode mode = BuildMode::build) {
    BuildRequest request;
    request.project = &spec;
    request.lock = lock;
    request.lock_text = lock_text;
    request.mode = mode;
    // Enough of a text to compare locks by.
    request.write_lock = [](const Lock& current) {
      std::string text = "lock";
      for (const auto& [id, job] : current.jobs) {
        text += id + job.master.hex() + job.recipe.hex() +
                std::to_string(static_cast<int>(job.origin)) + "\n";
      }
      for (const auto& [name, palette] : current.palettes) {
        for (const Rgb color : palette.colors) text += to_hex(color);
      }
      return text;
    };
    request.open_worker = [this]() -> Result<std::unique_ptr<Worker>> {
      return std::unique_ptr<Worker>(new FakeWorker(
          [this](const Job& job) -> Result<RawImage> {
            if (job.id == failing) return Error{.message = "out of memory"};
            return RawImage{.key = job.key, .png = encode_png(raw_figure(fill))};
          },
          log));
    };
    return request;
  }

  BuildReport build(BuildRequest request) {
    SilentReporter reporter;
    auto report = run_build(request, store, reporter);
    REQUIRE_MESSAGE(report, report.error().message);
    return std::move(*report);
  }
  BuildReport build() { return build(request()); }

  /// Takes what a build found as the lock of the next one.
  void take_lock() {
    auto now = assess(request(), store);
    REQUIRE(now);
    for (const AssessedJob& assessed : now->jobs) {
      LockedJob& locked = lock.jobs[assessed.job.id];
      locked.master = assessed.present.value_or(Digest{});
      locked.origin = Origin::generated;
      locked.recipe = assessed.job.recipe;
      locked.recovery = sha256("");
      locked.seed = assessed.job.seed;
    }
    lock.palettes["ember"].colors = spec.palettes[0].colors;
    lock_text = request().write_lock(lock);
  }
};

}  // namespace

TEST_CASE("a first build draws every master once, writes masters, then the lock, then outputs") {
  Project project;
  const BuildReport report = project.build();
  CHECK(project.log.submitted.size() == 2);
  CHECK(report.made.generated == std::vector<std::string>{"axe", "sword"});
  CHECK(project.store.writes == std::vector<std::string>{".dgxp/pending-assets.lock", "art/axe.png",
                                                         "art/sword.png", "assets.lock",
                                                         "out/items.png", "out/items.dgxp.json",
                                                         "out/sprites.dgxp-catalog.json"});
}

TEST_CASE("a master is recovered to palette colours with a transparent background") {
  Project project;
  project.build();
  const auto master = decode_png(project.store.files.at("art/axe.png"));
  REQUIRE(master);
  Image expected({8, 8});
  for (int y = 1; y < 7; ++y) {
    for (int x = 1; x < 7; ++x) {
      const bool is_rim = x == 1 || y == 1 || x == 6 || y == 6;
      expected.at(x, y) = opaque(is_rim ? kInk : kRed);
    }
  }
  CHECK(*master == expected);
}

TEST_CASE("a raw image that is in the store is read once, however many there are") {
  Project project;
  for (int i = 0; i < 40; ++i) {
    project.spec.masters.push_back(still("coin" + std::to_string(i)));
    project.spec.sprites.push_back(sprite_of(project.spec.masters.back()));
  }
  project.build();
  project.store.files.clear();
  project.log.submitted.clear();
  project.store.raw_reads = 0;
  const BuildReport report = project.build();
  CHECK(project.store.raw_reads == 42);
  CHECK(report.made.recovered.size() == 42);
  CHECK(project.log.submitted.empty());
}

TEST_CASE("a raw image that turns out to be damaged when it is read is drawn again") {
  Project project;
  project.build();
  const auto masters = project.store.files;
  project.store.files.clear();
  project.log.submitted.clear();
  project.store.damaged_raws.insert(project.store.raws.begin()->first);
  const BuildReport report = project.build();
  CHECK(report.is_complete);
  CHECK(report.made.failed.empty());
  CHECK(report.made.generated.size() == 1);
  CHECK(report.made.recovered.size() == 1);
  CHECK(project.log.submitted.size() == 1);
  CHECK(project.store.files == masters);

  // And a master of which it is the only source stays.
  project.take_lock();
  for (auto& [id, job] : project.lock.jobs) job.recovery = sha256("not the digest");
  for (const auto& [key, raw] : project.store.raws) project.store.damaged_raws.insert(key);
  project.log.submitted.clear();
  const BuildReport after = project.build();
  CHECK(after.made.made.empty());
  CHECK(project.log.submitted.empty());
  CHECK(project.store.files.at("art/axe.png") == masters.at("art/axe.png"));
}

TEST_CASE("a failed job is reported, the others go on, and no output is touched") {
  Project project;
  project.failing = "axe";
  const BuildReport report = project.build();
  REQUIRE(report.made.failed.size() == 1);
  CHECK(report.made.failed[0].id == "axe");
  CHECK(report.made.failed[0].error == "out of memory");
  CHECK(report.made.generated == std::vector<std::string>{"sword"});
  CHECK_FALSE(report.is_complete);
  CHECK_FALSE(project.store.files.contains("out/items.png"));
  CHECK(project.store.files.contains("art/sword.png"));
}

TEST_CASE("a master in doubt is kept and warned of") {
  // Cells of any hue between those of the palette, which light cannot explain.
  struct ListeningReporter : SilentReporter {
    std::vector<std::string> warnings;
    void warning(const std::string& message) override { warnings.push_back(message); }
  };
  Project project;
  project.spec.palettes[0].colors = {kInk};
  for (std::uint8_t blue = 40; blue <= 72; blue += 4)
    project.spec.palettes[0].colors.push_back({100, 40, blue});
  project.spec.masters.resize(1);
  project.spec.sprites.resize(1);
  project.spec.atlases[0].sprites = {"axe"};
  BuildRequest request = project.request();
  request.open_worker = [&project]() -> Result<std::unique_ptr<Worker>> {
    return std::unique_ptr<Worker>(new FakeWorker(
        [](const Job& job) -> Result<RawImage> {
          Image raw = raw_figure({100, 40, 40});
          unsigned dice = 1;
          for (int cell = 0; cell < 64; ++cell) {
            dice = dice * 1664525U + 1013904223U;
            const int x0 = cell % 8 * 8;
            const int y0 = cell / 8 * 8;
            if (raw.at(x0, y0).g != 40) continue;
            const auto between = static_cast<std::uint8_t>((dice >> 16U) % 33U);
            for (int i = 0; i < 64; ++i) {
              Rgba& p = raw.at(x0 + i % 8, y0 + i / 8);
              p.b = static_cast<std::uint8_t>(40 + between);
            }
          }
          return RawImage{.key = job.key, .png = encode_png(raw)};
        },
        project.log));
  };
  ListeningReporter reporter;
  const auto report = run_build(request, project.store, reporter);
  REQUIRE_MESSAGE(report, report.error().message);
  CHECK(report->is_complete);
  REQUIRE(reporter.warnings.size() == 1);
  CHECK(reporter.warnings[0].starts_with("job 'axe': only "));
  CHECK(reporter.warnings[0].ends_with(
      " % of its pixels are likely right; look at 'art/axe.png', set 'grid' under 'recover', or "
      "draw it again with `dgxp reroll axe`"));
}

TEST_CASE("a worker's image of another size than asked for fails the job") {
  Project project;
  BuildRequest request = project.request();
  request.open_worker = [&]() -> Result<std::unique_ptr<Worker>> {
    return std::unique_ptr<Worker>(new FakeWorker(
        [](const Job& job) -> Result<RawImage> {
          return RawImage{.key = job.key, .png = encode_png(Image({32, 32}))};
        },
        project.log));
  };
  const BuildReport report = project.build(request);
  REQUIRE(report.made.failed.size() == 2);
  CHECK(report.made.failed[0].error == "the worker's image is 32x32, 64x64 was asked for");
}

TEST_CASE("a changed palette entry changes that colour with no job and no master rewritten") {
  Project project;
  project.build();
  project.take_lock();
  for (auto& [id, job] : project.lock.jobs) {
    job.recovery = sha256("not the digest");  // decided below: kept without its raw image
  }
  project.store.raws_of_masters.clear();
  const auto before = decode_png(project.store.files.at("out/items.png"));
  project.store.writes.clear();
  project.log.submitted.clear();
  constexpr Rgb kBlue{0x30, 0x50, 0xa5};
  project.spec.palettes[0].colors[1] = kBlue;

  const BuildReport report = project.build();

  CHECK(project.log.submitted.empty());
  CHECK(report.made.made.empty());
  CHECK_FALSE(std::ranges::count(project.store.writes, "art/axe.png"));
  const auto after = decode_png(project.store.files.at("out/items.png"));
  REQUIRE(before);
  REQUIRE(after);
  Image expected = *before;
  for (Rgba& pixel : expected.pixels) {
    if (pixel == opaque(kRed)) pixel = opaque(kBlue);
  }
  CHECK(*after == expected);
}

TEST_CASE("an edited master is used, recorded and never drawn again") {
  Project project;
  project.build();
  project.take_lock();
  Image edited = *decode_png(project.store.files.at("art/axe.png"));
  edited.at(3, 3) = opaque(kGreen);
  project.store.files["art/axe.png"] = encode_png(edited);
  project.spec.masters[0].prompt = "another axe";
  project.log.submitted.clear();

  const BuildReport report = project.build();

  CHECK(project.log.submitted.empty());
  CHECK(report.jobs[0].state == JobState::edited_outdated);
  REQUIRE(report.notes.size() >= 1);
  CHECK(decode_png(project.store.files.at("art/axe.png"))->at(3, 3) == opaque(kGreen));
}

TEST_CASE("a master that is edited while its job is done is kept") {
  Project project;
  project.build();
  project.take_lock();
  const Image before = *decode_png(project.store.files.at("art/axe.png"));
  Image edited = before;
  edited.at(3, 3) = opaque(kGreen);
  const Bytes drawn = encode_png(edited);
  project.spec.masters[0].prompt = "another axe";
  project.fill = kGreen;
  BuildRequest request = project.request();
  request.open_worker = [&, open = request.open_worker] {
    project.store.files["art/axe.png"] = drawn;
    return open();
  };
  SilentReporter reporter;
  const auto report = run_build(request, project.store, reporter);
  REQUIRE_FALSE(report);
  CHECK(report.error().message == "'art/axe.png' was changed while its job was done, and is kept");
  CHECK(project.store.files.at("art/axe.png") == drawn);

  const BuildReport again = project.build();
  CHECK(again.jobs[0].state == JobState::edited_outdated);
  CHECK(project.store.files.at("art/axe.png") == drawn);
}

TEST_CASE("after a kill between masters and lock the next build knows its own masters") {
  Project project;
  project.build();
  const BuildRequest first = project.request();
  auto now = assess(first, project.store);
  REQUIRE(now);
  CHECK(now->jobs[0].state == JobState::edited);  // without the note of the interrupted build

  Lock pending;
  for (const AssessedJob& assessed : now->jobs) {
    pending.jobs[assessed.job.id] = {.master = *assessed.present,
                                     .origin = Origin::placeholder,
                                     .recipe = assessed.job.recipe,
                                     .seed = assessed.job.seed};
  }
  pending.palettes["ember"].colors = {kInk, kGreen};
  pending.palettes["other"].colors = {kRed};
  BuildRequest again = project.request();
  again.pending = std::make_shared<const Lock>(pending);
  now = assess(again, project.store);
  REQUIRE(now);
  CHECK(now->lock.jobs.at("axe").origin == Origin::placeholder);
  // With the colours that were chosen for it, but not over those that the lock knows.
  CHECK(now->lock.palettes.at("ember").colors == std::vector<Rgb>{kInk, kGreen});
  CHECK_FALSE(now->lock.palettes.contains("other"));
  again.lock.palettes["ember"].colors = {kInk, kRed, kGreen};
  now = assess(again, project.store);
  REQUIRE(now);
  CHECK(now->lock.palettes.at("ember").colors.size() == 3);
}

TEST_CASE("locked and check never open a worker and say what is stale") {
  for (const BuildMode mode : {BuildMode::locked, BuildMode::check}) {
    Project project;
    const BuildReport report = project.build(project.request(mode));
    CHECK(project.log.submitted.empty());
    CHECK(report.lock_outdated);
    CHECK_FALSE(report.is_complete);
    CHECK(project.store.writes.empty());
  }
}

TEST_CASE("a raw image in the store is not paid for twice") {
  Project project;
  project.build();
  project.store.files.erase("art/axe.png");
  project.store.files.erase("art/sword.png");
  project.log.submitted.clear();
  const BuildReport report = project.build();
  CHECK(project.log.submitted.empty());
  CHECK(report.made.recovered == std::vector<std::string>{"axe", "sword"});
}

TEST_CASE("a build that was asked to stop cancels its jobs and ends as interrupted") {
  Project project;
  BuildRequest request = project.request();
  std::stop_source stop;
  stop.request_stop();
  request.stop = stop.get_token();
  SilentReporter reporter;
  const auto report = run_build(request, project.store, reporter);
  REQUIRE_FALSE(report);
  CHECK(report.error().kind == ErrorKind::interrupted);
  CHECK(project.log.cancelled);
}

TEST_CASE("a plan over budget is refused before any job is sent to a real worker") {
  Project project;
  project.spec.budget_gpu_minutes = 0.01;
  BuildRequest request = project.request();
  request.stale.real_worker = true;
  SilentReporter reporter;
  const auto report = run_build(request, project.store, reporter);
  REQUIRE_FALSE(report);
  CHECK(report.error().message ==
        "the plan costs about 0.1 GPU minutes, project.budget allows 0.0");
  CHECK(project.log.submitted.empty());
}
