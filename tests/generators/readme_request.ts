// The request of the README in the types that openapi-typescript makes of the document: node readme_request.js ADDRESS

import { sent } from "./readme_case.js";
import type { components, operations } from "./schema.js";

type Answers = operations["createAssessment"]["responses"];
type Assessment = Answers[200 | 201]["content"]["application/json"];
type Problem = components["schemas"]["Problem"];

async function assess(address: string): Promise<Assessment> {
  const answer = await fetch(`${address}/v1/assessments`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": "typescript-1" },
    body: JSON.stringify(sent),
  });
  if (!answer.ok) {
    const problem = (await answer.json()) as Problem;
    throw new Error(`${problem.code}: ${problem.detail}`);
  }
  return (await answer.json()) as Assessment;
}

async function read(address: string, id: Assessment["id"]): Promise<Assessment> {
  const answer = await fetch(`${address}/v1/assessments/${id}`);
  return (await answer.json()) as operations["getAssessment"]["responses"][200]["content"]["application/json"];
}

const address = process.argv[2] ?? "";
const { id } = await assess(address);
const { days_since_surgery, phase, safety, verdict, trajectory, next_review_on } = await read(address, id);
console.log(JSON.stringify({ days_since_surgery, phase, safety, verdict, trajectory, next_review_on }));
