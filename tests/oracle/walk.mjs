// Fills forms in a real SurveyJS and says what it shows: one JSON line in, one JSON line out.
//   {"form": {...}}                      -> {"errors": [...]}         a new form; its faults
//   {"stages": [[["age", 3], ["q", null]], [["age", 4]]]}
//                                        -> {"stages": [{"shown": [...], "data": {...}, "invalid": [...]}, ...]}
// A walk starts with an empty form and is looked at after each stage. Each step answers a question
// that is visible then; an answer to a hidden one is not given.
import readline from "node:readline";
import { Model } from "survey-core";

let form = {};

function load() {
  return new Model(form);
}

function faults(model) {
  return (model.jsonErrors ?? []).map((error) => error.message ?? String(error));
}

function give(model, name, value) {
  const [outer, row] = Array.isArray(name) ? name : [name, null];
  const question = model.getQuestionByName(outer);
  if (!question || !question.isVisibleInSurvey) return;
  if (row === null) {
    question.value = value;
  } else {
    question.value = { ...(question.value ?? {}), [row]: value ?? undefined };
  }
}

function shown(model) {
  const names = [];
  for (const question of model.getAllQuestions()) {
    if (!question.isVisibleInSurvey) continue;
    if (question.getType() === "matrix") {
      for (const row of question.visibleRows) names.push(row.name);
    } else {
      names.push(question.name);
    }
  }
  return names;
}

function invalid(model) {
  return model
    .getAllQuestions()
    .filter((each) => each.isVisibleInSurvey && !each.isEmpty() && !each.validate(false))
    .map((each) => each.name);
}

function walk(stages) {
  const model = load();
  return stages.map((steps) => {
    for (const [name, value] of steps) give(model, name, value);
    return { shown: shown(model), data: { ...model.data }, invalid: invalid(model) };
  });
}

const said = [];
console.warn = console.error = (...words) => said.push(words.join(" "));

for await (const line of readline.createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  let answer;
  try {
    if (order.form) {
      form = order.form;
      said.length = 0;
      answer = { errors: [...faults(load()), ...said] };
    } else {
      answer = { stages: walk(order.stages) };
    }
  } catch (error) {
    answer = { errors: [String(error?.stack ?? error)] };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
