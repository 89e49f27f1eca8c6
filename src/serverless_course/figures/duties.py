"""Who does what, by how a program is run: the talk's four models and two of today.

Sources: the talk's table (slide "Comparação de responsabilidade operacional", 2018 or 2019); Lambda
Developer Guide, "Understanding the shared responsibility model for Lambda runtime management"; EKS
User Guide, "Learn about Amazon EKS Auto Mode Managed instances"; ECS API reference,
"ManagedInstancesProvider"; ECS Developer Guide, "Shared responsibility model"; all read 2026-11-30.
"""

from __future__ import annotations

from dataclasses import dataclass

AWS, YOU, BOTH = "AWS", "you", "both"
OWNERS = (AWS, YOU, BOTH)
NO_CELL = "The talk's table says nothing about this."
LATER = "This model is newer than the talk."

# The talk's cells, as they stand on the slide. "gerenciamento de tarefas" is a slip: see SLIP.
TALK = {
    "Lambda": (
        "Integração com fontes de dados · Hardware, software, rede, e instalações físicas · "
        "Provisionamento",
        "Código da aplicação",
    ),
    "Fargate": (
        "Orquestração de container, provisionamento · Escalabilidade do cluster · Hardware, SO, "
        "rede, e instalações físicas",
        "Código da aplicação · Integração com fontes de dados · Configurações de segurança, "
        "configurações de rede, gerenciamento de tarefas",
    ),
    "ECS or EKS on EC2": (
        "Orquestração de container · Plano de controle · Hardware, software, rede, e instalações "
        "físicas",
        "Código da aplicação · Integração com fontes de dados · Clusters · Configurações de "
        "segurança, configurações de rede, gerenciamento de tarefas",
    ),
    "EC2": (
        "Hardware, software, rede, e instalações físicas",
        "Código da aplicação · Integração com fontes de dados · Escalabilidade · Configurações de "
        "segurança, configurações de rede, gerenciamento de tarefas · Provisionamento, "
        "gerenciamento de escalabilidade e patching de servidores",
    ),
}
SLIP = (
    "The talk writes “gerenciamento de tarefas”, which is the management of tasks. The English "
    "slide has “management tasks”: tarefas de gerenciamento."
)
LEFT_OUT = (
    "roles and policies",
    "data, and who may read it",
    "dependencies",
    "settings: memory, time-out, how long logs are kept",
    "leaving a deprecated runtime",
)
MODELS = (
    "Lambda",
    "Lambda Managed Instances",
    "Fargate",
    "ECS Managed Instances, EKS Auto Mode",
    "ECS or EKS on EC2",
    "EC2",
)
FIRST_MODEL = "Lambda"


@dataclass(frozen=True)
class Answer:
    """Who has a duty in a model: ``owner``, why, and who else one may say with good reason."""

    owner: str
    why: str
    also: str = ""

    def takes(self, said: str) -> bool:
        """Whether this is right, or fair."""
        return said in (self.owner, self.also)


@dataclass(frozen=True)
class Duty:
    """Something that somebody has to do.

    Attributes:
        name: what is done.
        answers: one for each of `MODELS`, in their order.
        said: words of the talk's cell, by model; the cell is AWS's or the customer's.
    """

    name: str
    answers: tuple[Answer, ...]
    said: dict[str, str]

    def answer(self, model: str) -> Answer:
        """Who has this duty in a model."""
        return self.answers[MODELS.index(model)]

    def quote(self, model: str) -> str:
        """What the talk's table says of it, with the cell that says so."""
        if model not in TALK:
            return LATER
        words = self.said.get(model)
        if words is None:
            return NO_CELL
        cell = "AWS gerencia" if words in TALK[model][0] else "Cliente gerencia"
        return f"The talk, cell “{cell}”: “{words}”."


def _same(answer: Answer) -> tuple[Answer, ...]:
    return (answer,) * len(MODELS)


def _mostly(rest: Answer, **others: Answer) -> tuple[Answer, ...]:
    """``rest`` for all models but those named by a short word."""
    short = {
        "function": "Lambda",
        "function_on_ec2": "Lambda Managed Instances",
        "task": "Fargate",
        "nodes": "ECS Managed Instances, EKS Auto Mode",
        "cluster": "ECS or EKS on EC2",
        "server": "EC2",
    }
    named = {short[word]: answer for word, answer in others.items()}
    return tuple(named.get(model, rest) for model in MODELS)


_HARDWARE = "Hardware, software, rede, e instalações físicas"
_CONFIGURATION = "Configurações de segurança, configurações de rede, gerenciamento de tarefas"
_SERVERS = "Provisionamento, gerenciamento de escalabilidade e patching de servidores"
_CONTAINERS = ("Fargate", "ECS or EKS on EC2")

DUTIES = (
    Duty(
        "Buildings, machines, power, cables",
        _same(Answer(AWS, "You rent. No customer enters the data centre.")),
        dict.fromkeys(TALK, _HARDWARE) | {"Fargate": "Hardware, SO, rede, e instalações físicas"},
    ),
    Duty(
        "Patches of the machine's operating system",
        _mostly(
            Answer(AWS, "AWS patches the system below your function or task."),
            function_on_ec2=Answer(
                AWS, "The instances stand in your account, and AWS patches and replaces them."
            ),
            nodes=Answer(
                AWS,
                "EKS Auto Mode creates, patches and deletes its instances; ECS Managed Instances "
                "launch, manage and end theirs. The containers stay yours.",
            ),
            cluster=Answer(
                YOU, "AWS runs the control plane. The nodes are your instances: you patch them."
            ),
            server=Answer(YOU, "It is your server. A tool may patch it; that it runs is yours."),
        ),
        {
            "Lambda": _HARDWARE,
            "Fargate": "Hardware, SO, rede, e instalações físicas",
            "ECS or EKS on EC2": "Clusters",
            "EC2": _SERVERS,
        },
    ),
    Duty(
        "How many machines there are, and when",
        _mostly(
            Answer(AWS, "No machine is listed in your account, so you cannot add one."),
            function_on_ec2=Answer(
                AWS, "AWS starts and ends the instances, within the limits that you set.", BOTH
            ),
            nodes=Answer(
                AWS, "AWS starts and ends the instances, within the limits that you set.", BOTH
            ),
            cluster=Answer(YOU, "You make the groups of instances, and the rules they grow by."),
            server=Answer(YOU, "You choose number and size, and write the rules of scaling."),
        ),
        {
            "Lambda": "Provisionamento",
            "Fargate": "Escalabilidade do cluster",
            "ECS or EKS on EC2": "Clusters",
            "EC2": _SERVERS,
        },
    ),
    Duty(
        "Which machine runs your code next",
        _mostly(
            Answer(AWS, "The service places functions or containers on machines."),
            server=Answer(YOU, "Nobody places anything on a bare instance. You do."),
        ),
        {
            "Lambda": "Provisionamento",
            "Fargate": "Orquestração de container, provisionamento",
            "ECS or EKS on EC2": "Orquestração de container",
        },
    ),
    Duty(
        "Patches of the language runtime",
        _mostly(
            Answer(YOU, "The runtime is in your image: build it again and deploy it."),
            function=Answer(
                BOTH,
                "AWS publishes patched versions and applies them to managed runtimes (mode Auto). "
                "To leave a deprecated runtime is yours. With a container image, all of it is.",
            ),
            function_on_ec2=Answer(
                BOTH,
                "AWS publishes patched versions of managed runtimes. To leave a deprecated runtime "
                "is yours.",
            ),
            server=Answer(YOU, "You installed it, so you update it."),
        ),
        {"EC2": _SERVERS},
    ),
    Duty(
        "Polling a queue, and calling your code",
        _mostly(
            Answer(YOU, "Your code has a loop that asks the queue."),
            function=Answer(
                AWS,
                "Lambda's pollers ask. Which queue and how many at once is a setting of yours.",
                BOTH,
            ),
            function_on_ec2=Answer(
                AWS,
                "Lambda's pollers ask. Which queue and how many at once is a setting of yours.",
                BOTH,
            ),
        ),
        {"Lambda": "Integração com fontes de dados"}
        | dict.fromkeys((*_CONTAINERS, "EC2"), "Integração com fontes de dados"),
    ),
    Duty(
        "Network rules: routes, security groups",
        _mostly(
            Answer(YOU, "It runs in your VPC: subnets, groups and routes are yours."),
            function=Answer(
                BOTH,
                "Outside a VPC, AWS's. In a VPC of yours, subnets, groups and routes are yours.",
            ),
        ),
        dict.fromkeys((*_CONTAINERS, "EC2"), _CONFIGURATION),
    ),
    Duty(
        "Application code and its dependencies",
        _same(Answer(YOU, "AWS runs what you give it. A library with a hole is a hole of yours.")),
        dict.fromkeys(TALK, "Código da aplicação"),
    ),
    Duty(
        "Roles and policies: who may do what",
        _same(Answer(YOU, "AWS enforces each policy, the wrong ones too. You write them.")),
        {},
    ),
    Duty(
        "Data and secrets, and who may read them",
        _same(Answer(YOU, "AWS stores what you give it, wherever you put it.")),
        {},
    ),
    Duty(
        "Settings: memory, time-out, log retention",
        _same(Answer(YOU, "There are defaults. That they fit is for you to find out.")),
        {},
    ),
)
