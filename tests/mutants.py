"""One-line mistakes in a cell's code, and the namespace in which a cell of a notebook runs. Not here: which of them must be noticed."""

import ast
import contextlib
import copy
import io
import types

import torch

SHOWN = ("print", "plt", "ax", "fig")  # calls whose first name begins so only show something
DATA = ("tensor", "linspace", "arange", "full", "full_like", "cartesian_prod")  # numbers in such a call are inputs, not a formula
MARK = "# either sign: "  # and the reason, at the end of a line whose mutants a check need not notice


def loads(node):
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)}


def first_name(node):
    while isinstance(node, ast.Attribute | ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def shows(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and first_name(node.value).startswith(SHOWN)


def binds(statement):
    """The names that a statement gives a value."""
    names = {one.id for one in ast.walk(statement) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    for one in ast.walk(statement):
        if isinstance(one, ast.Import | ast.ImportFrom):
            names |= {(alias.asname or alias.name).split(".")[0] for alias in one.names}
        elif isinstance(one, ast.FunctionDef | ast.ClassDef):
            names.add(one.name)
    return names


def touches(statement):
    """The names whose values a statement may change in place: of a bare call, of `+=`, of what is assigned to a part, of a fit."""
    names = set()
    for one in ast.walk(statement):
        if (
            isinstance(one, ast.Expr)
            and isinstance(one.value, ast.Call)
            and not shows(one)
            and not first_name(one.value).startswith("assert")
        ):
            names |= loads(one)
        elif isinstance(one, ast.AugAssign):
            names |= loads(statement)
        elif isinstance(one, ast.Attribute | ast.Subscript) and isinstance(one.ctx, ast.Store):
            names.add(first_name(one))
        elif isinstance(one, ast.Call) and first_name(one) == "fit":
            names |= loads(one)
    return names


def needed(sources, last):
    """The positions of the cells before `last` that the cell at `last` leans on, directly or through others; settings always."""
    wanted, kept = loads(ast.parse(sources[last])), []
    for position in range(last - 1, -1, -1):
        body = ast.parse(sources[position]).body
        changed = set().union(*(binds(one) | touches(one) for one in body))
        if changed & wanted or "set_default_dtype" in sources[position]:
            kept.append(position)
            for statement in reversed(body):
                wanted = wanted - binds(statement) | loads(statement)
    return kept[::-1]


def is_number(node, *values):
    return isinstance(node, ast.Constant) and type(node.value) in (int, float) and (not values or node.value in values)


def is_data(node, parents):
    """A number in a list of numbers, or handed to a function that makes a tensor of it."""
    parent = parents.get(node)
    return isinstance(parent, ast.Tuple | ast.List) or (isinstance(parent, ast.Call) and first_name_of_call(parent) in DATA)


def first_name_of_call(call):
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def changes(node, parents):
    """(kind, what the node becomes) for each mistake that can be made at this place."""
    if isinstance(node, ast.BinOp):
        left, right = node.left, node.right
        if isinstance(node.op, ast.Add | ast.Sub):
            yield "sign", ast.BinOp(left, ast.Sub() if isinstance(node.op, ast.Add) else ast.Add(), right)
        if isinstance(node.op, ast.Mult) and is_number(left, 0.5, 2):
            yield "half", right
        if isinstance(node.op, ast.Mult | ast.Div) and is_number(right, 0.5, 2):
            yield "half", left
        if isinstance(node.op, ast.Pow) and is_number(right, 2):
            yield "std", left
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and not (is_number(node.operand) and is_data(node, parents)):
        yield "sign", node.operand
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and (node.id == "std" or node.id.endswith("_std")):
        parent = parents[node]
        squared = isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Pow)
        if (isinstance(parent, ast.BinOp) and not squared) or isinstance(parent, ast.Attribute):
            yield "std", ast.BinOp(node, ast.Pow(), ast.Constant(2))
    if isinstance(node, ast.Call) and first_name_of_call(node) == "exp":
        of = node.args[0] if node.args else node.func.value
        if isinstance(of, ast.Name) and "log_var" in of.id:
            half = ast.BinOp(ast.Constant(0.5), ast.Mult(), of)
            func = node.func if node.args else ast.Attribute(half, "exp", ast.Load())
            yield "std", ast.Call(func, [half] if node.args else [], node.keywords)


def allowances(tree):
    """What an assertion allows a difference to be, as in `abs(a - b) < 4 * error`: no formula of the book."""
    for one in ast.walk(tree):
        if isinstance(one, ast.Assert) and isinstance(one.test, ast.Compare) and isinstance(one.test.ops[0], ast.Lt | ast.LtE):
            if any(isinstance(inner, ast.Call) and first_name_of_call(inner) == "abs" for inner in ast.walk(one.test.left)):
                yield one.test.comparators[0]


def mutants(source, changes=changes, left_alone=lambda tree: ()):
    """(kind, line number, code) of every single mistake, but for what only shows something, is an allowance, or carries the mark.

    changes: other kinds of mistakes than those of a notebook; left_alone: further parts of the tree that hold no formula.
    """
    tree, lines = ast.parse(source), source.splitlines()
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    left_out = [*filter(shows, ast.walk(tree)), *allowances(tree), *left_alone(tree)]
    hidden = {inner for one in left_out for inner in ast.walk(one)}
    found = []
    for place, node in enumerate(ast.walk(tree)):
        if node in hidden or MARK in lines[getattr(node, "lineno", 1) - 1]:
            continue
        for turn, (kind, _) in enumerate(changes(node, parents)):
            found.append((kind, node.lineno, ast.unparse(mutate(source, place, turn, changes))))
    return found


def mutate(source, place, turn, changes=changes):
    """The tree of `source` with one node replaced: number `place` of its walk, by change number `turn`."""
    tree = ast.parse(source)
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    old = list(ast.walk(tree))[place]
    new = list(changes(old, parents))[turn][1]
    parent = parents[old]
    for name, value in ast.iter_fields(parent):
        if value is old:
            setattr(parent, name, new)
        elif isinstance(value, list) and any(one is old for one in value):
            setattr(parent, name, [new if one is old else one for one in value])
    return ast.fix_missing_locations(tree)


def run(source, namespace, name="a cell"):
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(source, name, "exec"), namespace)


def twin(namespace, source):
    """A copy of the namespace in which `source` can run and change nothing here: what it reaches is copied, the rest is shared."""
    other, reached, queue = dict(namespace), set(), list(loads(ast.parse(source)))
    while queue:
        name = queue.pop()
        if name in reached or name not in namespace:
            continue
        reached.add(name)
        value = namespace[name]
        if isinstance(value, types.FunctionType) and value.__globals__ is namespace:
            queue += value.__code__.co_names
            other[name] = types.FunctionType(value.__code__, other, value.__name__, value.__defaults__, value.__closure__)
    memo = {}
    for name in reached:
        value = namespace[name]
        if isinstance(value, torch.Generator):
            memo[id(value)] = torch.Generator()
            memo[id(value)].set_state(value.get_state())
        elif isinstance(value, types.ModuleType) or (isinstance(value, torch.Tensor) and not value.is_leaf):
            memo[id(value)] = value  # neither can be copied, and no check changes one in place
    for name in reached:
        if other[name] is namespace[name]:
            other[name] = copy.deepcopy(namespace[name], memo)
    return other
